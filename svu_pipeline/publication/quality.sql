-- What is said of the public data: kept as published, with what is odd about it counted.

CREATE OR REPLACE TABLE public_note AS
SELECT 'street crime rows published for Essex' AS words, count(*) AS rows FROM fct_street_crime
UNION ALL
SELECT 'of them outside Essex', count(*) FROM fct_street_crime WHERE is_outside_essex
UNION ALL
SELECT 'of them without a location', count(*) FROM fct_street_crime WHERE NOT has_location
UNION ALL
SELECT 'of them identical to an earlier row (kept)', count(*) FROM fct_street_crime WHERE is_repeat
UNION ALL
SELECT 'stop and search rows published for Essex', count(*) FROM fct_stop_and_search
UNION ALL
SELECT 'of them without a location', count(*) FROM fct_stop_and_search WHERE NOT has_location
UNION ALL
SELECT 'of them identical to an earlier row (kept)', count(*) FROM fct_stop_and_search WHERE is_repeat;
