-- assigned: each record that stood as at the ledger's instant, its person, and its person as of the instants before.
-- $first is the first entry of that instant, or one past the last entry where it has none yet.

CREATE OR REPLACE TABLE assigned AS
WITH latest AS (
    SELECT * FROM ledger_row
    QUALIFY row_number() OVER (PARTITION BY dataset, record_key ORDER BY entry DESC) = 1),
tonight AS (
    SELECT dataset, record_key, bool_or(change IN ('new', 'changed')) AS is_news, arg_min(former_key, entry) AS former_key
    FROM ledger_row WHERE entry >= $first
    GROUP BY ALL)
SELECT l.dataset, l.record_key, l.content_id, l.person_key, l.at_80, l.at_90, l.at_99,
       CASE WHEN t.is_news IS NULL THEN l.person_key WHEN NOT t.is_news THEN t.former_key END AS before
FROM latest l LEFT JOIN tonight t USING (dataset, record_key)
WHERE l.person_key IS NOT NULL;
