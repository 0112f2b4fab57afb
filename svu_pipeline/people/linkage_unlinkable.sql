-- Records whose own copy would weigh less than the threshold ($cut, in bits), by dataset and by what they lack.
-- Reads identity and copy_step, the evidence of each node against itself.

WITH copy AS (SELECT node_l AS node_id, sum(weight) AS weight FROM copy_step GROUP BY node_l),
lacking AS (
    SELECT i.dataset, i.pnc_id, c.weight < $cut AS is_unlinkable,
           list_filter([CASE WHEN surname IS NULL THEN 'surname' END, CASE WHEN forenames IS NULL THEN 'forenames' END,
                        CASE WHEN date_of_birth IS NULL THEN 'date of birth' END, CASE WHEN sex IS NULL THEN 'sex' END,
                        CASE WHEN postcode IS NULL THEN 'postcode' END], lambda field: field IS NOT NULL) AS missing
    FROM identity i JOIN copy c USING (node_id))
SELECT dataset, array_to_string(missing, ', '), count(*) FILTER (is_unlinkable), count(pnc_id) FILTER (is_unlinkable),
       any_value(of)
FROM (SELECT *, count(*) OVER (PARTITION BY dataset) AS of FROM lacking)
GROUP BY dataset, missing
HAVING count(*) FILTER (is_unlinkable) > 0
ORDER BY 1, 3 DESC, 2;
