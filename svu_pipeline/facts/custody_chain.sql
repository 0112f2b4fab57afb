-- Which custody records are one arrest: chains of transferred_from.
-- grain: custody_ref
-- rows: custody_record
-- columns:
--   custody_ref        Custody record [indirect]
--   chain_ref          First custody record of its chain; a missing predecessor starts a chain [indirect]
--   step_no            Steps from the start of the chain, from 0
--   is_cut_off         Whether the record names a predecessor that is not there

WITH RECURSIVE linked AS (
    SELECT c.custody_ref, nullif(p.custody_ref, c.custody_ref) AS predecessor,
           c.transferred_from IS NOT NULL AND p.custody_ref IS NULL AS is_cut_off
    FROM custody_record c
    LEFT JOIN custody_record p ON p.custody_ref = c.transferred_from),
walk AS (
    SELECT custody_ref, custody_ref AS chain_ref, 0 AS step_no, is_cut_off
    FROM linked WHERE predecessor IS NULL
    UNION ALL
    SELECT l.custody_ref, w.chain_ref, w.step_no + 1, l.is_cut_off
    FROM walk w JOIN linked l ON l.predecessor = w.custody_ref),
-- Records that point at one another in a ring have no start: the ring is one arrest, named by its first reference.
ring AS (
    SELECT custody_ref, predecessor AS reached, is_cut_off
    FROM linked WHERE custody_ref NOT IN (SELECT custody_ref FROM walk)
    UNION
    SELECT r.custody_ref, l.predecessor, r.is_cut_off
    FROM ring r JOIN linked l ON l.custody_ref = r.reached)
SELECT custody_ref, chain_ref, step_no, is_cut_off FROM walk
UNION ALL
SELECT custody_ref, min(reached), CAST(custody_ref <> min(reached) AS INTEGER), is_cut_off
FROM ring GROUP BY custody_ref, is_cut_off
