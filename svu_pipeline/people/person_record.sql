-- person_record: which person each standing record is about, under a keyed id, and the person's date of birth.
-- The date is the most frequent one of the person's records, the earliest of equally frequent ones (counting.md,
-- children_safeguarded). `before` is the person as of the night before, `at_…` the record's cluster at other thresholds.
-- Reads assignment, identity, and keyed (person_key, person_id).

CREATE OR REPLACE TABLE person_record AS
WITH born AS (
    SELECT person_key, date_of_birth
    FROM assignment JOIN identity USING (dataset, record_key)
    WHERE date_of_birth IS NOT NULL
    GROUP BY person_key, date_of_birth
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY count(*) DESC, date_of_birth) = 1)
SELECT a.dataset, a.record_key, k.person_id, born.date_of_birth, a.at_80, a.at_90, a.at_99,
       coalesce(b.person_id, k.person_id) AS before
FROM assignment a
SEMI JOIN identity USING (dataset, record_key)
JOIN keyed k ON k.person_key = a.person_key
LEFT JOIN keyed b ON b.person_key = nullif(a.before, a.person_key)
LEFT JOIN born ON born.person_key = a.person_key;
