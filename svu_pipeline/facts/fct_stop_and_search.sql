-- Stops and searches as published by data.police.uk: public context, identical rows kept.
-- grain: published_row
-- rows: stop_and_search
-- columns:
--   published_row      Batch, file and row it was landed in
--   month_on           First day of the month it was published for
--   kind               Person or vehicle
--   legislation        Power used
--   object_of_search   Object of the search
--   outcome            Outcome
--   has_location       Whether a place is given
--   is_repeat          Whether an earlier row of the month is identical

SELECT s._batch || ':' || s._file || ':' || s._row AS published_row,
       CAST(s._dated || '-01' AS DATE) AS month_on,
       s.type AS kind,
       s.legislation,
       s.object_of_search,
       s.outcome,
       s.latitude IS NOT NULL AND s.longitude IS NOT NULL AS has_location,
       row_number() OVER (
           PARTITION BY s._dated, s.type, s.datetime, s.operation, s.operation_name, s.latitude, s.longitude, s.gender,
                        s.age_range, s.self_defined_ethnicity, s.officer_defined_ethnicity, s.legislation,
                        s.object_of_search, s.outcome, s.outcome_linked_to_object_of_search,
                        s.removal_of_more_than_outer_clothing
           ORDER BY s._batch, s._file, s._row) > 1 AS is_repeat
FROM stop_and_search s
