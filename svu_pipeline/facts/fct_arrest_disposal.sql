-- What became of each counted arrest: the cohort side of the figures.
-- grain: arrest_ref
-- columns:
--   arrest_ref         Arrest [indirect]
--   person_id          Person arrested, keyed id [indirect]
--   arrested_on        London day of the arrest
--   is_charged         Whether a live charge (initiation C) hangs on it
--   is_remanded        Whether it was charged and a remand in custody hangs on it

WITH charged AS (
    SELECT DISTINCT arrest_ref FROM fct_charge WHERE is_live AND initiation = 'C'),
remanded AS (
    SELECT DISTINCT arrest_ref FROM fct_remand WHERE is_custody)
SELECT a.arrest_ref,
       a.person_id,
       a.arrested_on,
       c.arrest_ref IS NOT NULL AS is_charged,
       c.arrest_ref IS NOT NULL AND r.arrest_ref IS NOT NULL AS is_remanded
FROM fct_custody_arrest a
LEFT JOIN charged c USING (arrest_ref)
LEFT JOIN remanded r USING (arrest_ref)
WHERE a.is_counted
