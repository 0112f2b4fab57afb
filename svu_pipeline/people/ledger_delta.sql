-- ledger_delta: the rows of a new entry, those of assignment that differ from what the ledger says, and those that are gone.

CREATE OR REPLACE TABLE ledger_delta AS
SELECT $entry::INTEGER AS entry, coalesce(n.dataset, a.dataset) AS dataset, coalesce(n.record_key, a.record_key) AS record_key,
       n.content_id, n.person_key, a.person_key AS former_key,
       CASE WHEN n.person_key IS NULL THEN 'gone' WHEN a.person_key IS NULL THEN 'new'
            WHEN n.content_id <> a.content_id THEN 'changed' ELSE 'relinked' END AS change,
       n.at_80, n.at_90, n.at_99
FROM assignment n FULL JOIN assigned a ON a.dataset = n.dataset AND a.record_key = n.record_key
WHERE (n.content_id, n.person_key, n.at_80, n.at_90, n.at_99) IS DISTINCT FROM (a.content_id, a.person_key, a.at_80, a.at_90, a.at_99);
