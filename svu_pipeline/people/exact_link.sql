-- link: for each record the key of its person, by exact keys only.
-- A valid PNC id first. A record without one belongs to the one PNC id that bears its name and date of birth; where two
-- do, it stays on its name, for two PNC ids are two people. Without a name or date of birth it stands alone.

CREATE OR REPLACE TABLE link AS
WITH pnc_of_name AS (
    SELECT name_key, min(pnc_id) AS pnc_id
    FROM identity
    WHERE pnc_id IS NOT NULL AND name_key IS NOT NULL
    GROUP BY name_key
    HAVING count(DISTINCT pnc_id) = 1)
SELECT i.dataset, i.record_key,
       CASE WHEN i.pnc_id IS NOT NULL THEN 'pnc:' || i.pnc_id
            WHEN p.pnc_id IS NOT NULL THEN 'pnc:' || p.pnc_id
            WHEN i.name_key IS NOT NULL THEN 'name:' || i.name_key
            ELSE 'record:' || i.dataset || ':' || i.own_key END AS person_key
FROM identity i
LEFT JOIN pnc_of_name p ON p.name_key = i.name_key;
