-- person_record: which person each standing record is about, under a keyed id.
-- HMAC-SHA256 is spelled out (RFC 2104) so that a million ids need no loop outside the database.

CREATE OR REPLACE TABLE person_record AS
WITH born AS (
    SELECT person_key, date_of_birth
    FROM link JOIN identity USING (dataset, record_key)
    WHERE date_of_birth IS NOT NULL
    GROUP BY person_key, date_of_birth
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY count(*) DESC, date_of_birth) = 1),
keyed AS (
    SELECT person_key,
           sha256(CAST($outer AS BLOB) || unhex(sha256(CAST($inner AS BLOB) || encode(person_key))))[1:32] AS person_id
    FROM (SELECT DISTINCT person_key FROM link))
SELECT link.dataset, link.record_key, keyed.person_id, born.date_of_birth
FROM link JOIN keyed USING (person_key) LEFT JOIN born USING (person_key)
ORDER BY ALL;
