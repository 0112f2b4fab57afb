-- assignment: each record's person tonight. A cluster that kept no id is a new person, named after its earliest record:
-- `dataset:record_key`, or `dataset~2:record_key` where that record has founded a person before.

CREATE OR REPLACE TABLE assignment AS
WITH open AS (SELECT cluster, dataset, record_key FROM tonight ANTI JOIN kept USING (cluster)),
seen AS (
    SELECT dataset, record_key, min(entry) AS since FROM ledger_row SEMI JOIN open USING (dataset, record_key)
    GROUP BY ALL),
founder AS (
    SELECT cluster, dataset, record_key
    FROM open LEFT JOIN seen USING (dataset, record_key)
    QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY since NULLS LAST, dataset, record_key) = 1),
founded AS (
    SELECT f.cluster, count(DISTINCT l.person_key) AS people
    FROM founder f JOIN ledger_row l
      ON regexp_replace(l.person_key, '^([^~:]+)~[0-9]+:', '\1:') = f.dataset || ':' || f.record_key
    GROUP BY ALL),
person AS (
    SELECT cluster, person_key FROM kept
    UNION ALL
    SELECT f.cluster, f.dataset || coalesce('~' || (founded.people + 1), '') || ':' || f.record_key
    FROM founder f LEFT JOIN founded USING (cluster))
SELECT t.dataset, t.record_key, t.content_id, p.person_key, coalesce(t.before, p.person_key) AS before, t.at_80, t.at_90, t.at_99
FROM tonight t JOIN person p USING (cluster);
