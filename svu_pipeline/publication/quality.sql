-- What the review says of references between sources: orphans never hold a row, they are counted each night.

CREATE OR REPLACE TABLE reference_check AS
SELECT 'charges whose custody record is not there' AS words, count(*) AS failing
FROM charge WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
UNION ALL
SELECT 'remand decisions whose custody record is not there', count(*)
FROM remand_decision WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
UNION ALL
SELECT 'custody outcomes whose custody record is not there', count(*)
FROM custody_outcome WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
UNION ALL
SELECT 'custody records whose transferred predecessor is not there', count(*) FROM custody_chain WHERE is_cut_off
UNION ALL
SELECT 'exhibits whose custody record is not there', count(*)
FROM exhibit WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
UNION ALL
SELECT 'breaches whose order is not there', count(*)
FROM order_breach WHERE order_ref NOT IN (SELECT order_ref FROM civil_order)
UNION ALL
SELECT 'records whose operation is not in the log', count(*)
FROM (SELECT operation_ref FROM custody_record UNION ALL SELECT operation_ref FROM exhibit
      UNION ALL SELECT operation FROM register_entry UNION ALL SELECT operation FROM warrant
      UNION ALL SELECT operation FROM contact UNION ALL SELECT operation_ref FROM civil_order)
WHERE operation_ref NOT IN (SELECT operation_ref FROM operation);

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
