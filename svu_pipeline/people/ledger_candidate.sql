-- Which cluster may keep which id, and how good its claim is.
--
-- A cluster keeps the oldest id that its records bore last night. Where clusters claim one id, the one with the record
-- that bore it first has it, then the one with most records of it, then by record. Who goes without claims the next id
-- its records bore last night; and when there is none left, the ids that its records ever bore and no one bears now, so
-- that a merge undone gives both their ids back. Who goes without still is a new person (`ledger_assign.sql`).
-- The claims are settled round by round in `ledger_keep.sql`.

CREATE OR REPLACE TABLE tonight AS
SELECT c.*, a.person_key AS last_key, CASE WHEN a.content_id = c.content_id THEN a.before END AS before
FROM record_cluster c LEFT JOIN assigned a USING (dataset, record_key);

-- A cluster of all who bore one id and no one else keeps it, whatever others claim: most clusters of most nights.
CREATE OR REPLACE TABLE kept AS
WITH bearers AS (SELECT person_key, count(*) AS records FROM assigned GROUP BY ALL),
whole AS (
    SELECT cluster, min(last_key) AS person_key, count(*) AS records
    FROM tonight GROUP BY cluster
    HAVING min(last_key) = max(last_key) AND count(last_key) = count(*))
SELECT cluster, person_key FROM whole SEMI JOIN bearers USING (person_key, records);

CREATE OR REPLACE TABLE candidate AS
WITH open AS (SELECT cluster, dataset, record_key, last_key FROM tonight ANTI JOIN kept USING (cluster)),
bore AS (
    SELECT dataset, record_key, person_key, min(entry) AS since
    FROM ledger_row SEMI JOIN open USING (dataset, record_key)
    WHERE person_key IS NOT NULL
    GROUP BY ALL),
issued AS (
    SELECT person_key, min(entry) AS issued FROM ledger_row SEMI JOIN bore USING (person_key)
    GROUP BY ALL)
SELECT o.cluster, b.person_key, coalesce(o.last_key = b.person_key, false) AS is_borne, i.issued,
       min(b.since) AS since, count(*) AS records, min(o.dataset || ':' || o.record_key) AS record
FROM open o JOIN bore b USING (dataset, record_key) JOIN issued i USING (person_key)
GROUP BY ALL;
