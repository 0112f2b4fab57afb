-- Street crime as published by data.police.uk: public context, identical rows kept.
-- grain: published_row
-- rows: street_crime
-- columns:
--   published_row      Batch, file and row it was landed in
--   month_on           First day of the month it was published for
--   crime_type         Type of crime, lower case with hyphens
--   district_code      District in which the published area lies, empty outside Essex or without one
--   has_location       Whether a place is given
--   is_outside_essex   Whether the published area lies outside Essex
--   is_repeat          Whether an earlier row of the month is identical

-- Identical rows are real here: anti-social behaviour has no id. They are flagged and counted.
SELECT s._batch || ':' || s._file || ':' || s._row AS published_row,
       CAST(s._dated || '-01' AS DATE) AS month_on,
       regexp_replace(lower(s.crime_type), '[^a-z]+', '-', 'g') AS crime_type,
       d.district_code,
       s.latitude IS NOT NULL AND s.longitude IS NOT NULL AS has_location,
       s.lsoa_name IS NOT NULL AND d.district_code IS NULL AS is_outside_essex,
       row_number() OVER (
           PARTITION BY s._dated, s.crime_id, s.month, s.reported_by, s.falls_within, s.longitude, s.latitude,
                        s.location, s.lsoa_code, s.lsoa_name, s.crime_type, s.last_outcome_category, s.context
           ORDER BY s._batch, s._file, s._row) > 1 AS is_repeat
FROM street_crime s
LEFT JOIN district d ON d.district_name = regexp_replace(s.lsoa_name, ' [0-9]{3}[A-Z]$', '')
