-- person_event: who merged into whom and who split from whom, entry by entry, and why.
--
-- Records that went from one id to another at an entry are a merge when others bore the new id before and after it, and a
-- split when others bear the old id still; both when part of one person went over to another. One of the two always holds.
-- A decision is the cause where both its records are with the two people; else the records of theirs that came, changed or
-- went; else a decision about one of their records; else the model.

CREATE OR REPLACE TABLE person_event AS
WITH move AS (
    SELECT entry, former_key, person_key, count(*) AS records
    FROM ledger_row WHERE former_key <> person_key
    GROUP BY ALL),
moved AS (SELECT former_key AS person_key FROM move UNION SELECT person_key FROM move),
flow AS (
    SELECT entry, person_key, count(*) AS came, 0 AS went FROM ledger_row SEMI JOIN moved USING (person_key)
    WHERE person_key IS NOT NULL AND person_key IS DISTINCT FROM former_key GROUP BY ALL
    UNION ALL
    SELECT entry, former_key, 0, count(*) FROM ledger_row SEMI JOIN moved ON moved.person_key = former_key
    WHERE former_key IS NOT NULL AND person_key IS DISTINCT FROM former_key GROUP BY ALL),
stayed AS (
    SELECT entry, person_key,
           coalesce(sum(sum(came) - sum(went)) OVER (
               PARTITION BY person_key ORDER BY entry ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
           - sum(went) AS records
    FROM flow
    GROUP BY entry, person_key),
happened AS (
    SELECT m.entry, 'merge' AS kind, m.person_key, m.former_key AS other_key, m.records
    FROM move m JOIN stayed s ON s.entry = m.entry AND s.person_key = m.person_key WHERE s.records > 0
    UNION ALL
    SELECT m.entry, 'split', m.former_key, m.person_key, m.records
    FROM move m JOIN stayed s ON s.entry = m.entry AND s.person_key = m.former_key WHERE s.records > 0),
side AS (
    SELECT entry, kind, person_key, other_key, unnest([person_key, other_key]) AS side FROM happened),
news AS (
    SELECT entry, dataset, record_key, unnest(list_distinct([person_key, former_key])) AS side
    FROM ledger_row SEMI JOIN happened USING (entry)
    WHERE change <> 'relinked'),
came_or_went AS (
    SELECT entry, kind, person_key, other_key, list(DISTINCT {'dataset': dataset, 'record_key': record_key}) AS causes
    FROM side JOIN news USING (entry, side)
    GROUP BY ALL),
dated AS (
    SELECT e.entry, d.decision, d.dataset, d.record_key
    FROM (SELECT *, lag(known_at) OVER (ORDER BY entry) AS previous_at FROM ledger_entry) e
    JOIN decided_record d ON d.known_at <= e.known_at AND (e.previous_at IS NULL OR d.known_at > e.previous_at)),
decided_person AS (
    SELECT d.entry, d.decision, d.dataset, d.record_key, arg_max({'now': l.person_key}, l.entry).now AS side
    FROM dated d JOIN ledger_row l ON l.dataset = d.dataset AND l.record_key = d.record_key AND l.entry <= d.entry
    GROUP BY ALL),
decision AS (
    SELECT entry, kind, person_key, other_key, decision, count(*) AS ends,
           list({'dataset': dataset, 'record_key': record_key}) AS causes
    FROM side JOIN decided_person USING (entry, side)
    GROUP BY ALL),
closest AS (
    SELECT * FROM decision QUALIFY ends = max(ends) OVER (PARTITION BY entry, kind, person_key, other_key)),
by_decision AS (
    SELECT entry, kind, person_key, other_key, ends, list_distinct(flatten(list(causes))) AS causes
    FROM closest
    GROUP BY ALL)
SELECT e.known_at, h.kind, h.person_key, h.other_key, h.records,
       CASE WHEN d.ends = 2 THEN 'decision' WHEN r.causes IS NOT NULL THEN 'record'
            WHEN d.ends = 1 THEN 'decision' ELSE 'model' END AS because,
       list_sort(coalesce(CASE WHEN d.ends = 2 THEN d.causes END, r.causes, d.causes, [])) AS causes
FROM happened h
JOIN ledger_entry e USING (entry)
LEFT JOIN came_or_went r USING (entry, kind, person_key, other_key)
LEFT JOIN by_decision d USING (entry, kind, person_key, other_key)
ORDER BY h.entry, h.person_key, h.other_key, h.kind;
