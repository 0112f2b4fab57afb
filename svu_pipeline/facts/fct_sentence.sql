-- Results at court and what each counts as towards a custodial term (counting.md, Effective custodial term, 1 and 2).
-- grain: hearing_id, result_no
-- rows: hearing_result
-- columns:
--   hearing_id         Hearing [indirect]
--   result_no          Place of the result within the hearing, from 1
--   result_id          Result [indirect]
--   offence_code       Offence, CJS code [indirect]
--   offence_group      Group of the offence [indirect]
--   result_code        Result, CJS code [indirect]
--   qualifier          Concurrent (C), consecutive (F), suspended (S) or none
--   treatment          determinate, indeterminate, suspended, or none for what is no custody
--   duration_value     Length as given [indirect]
--   duration_unit      Unit of the length: Y M W D, L for life [indirect]
--   term_day_48ths     Determinate term in 48ths of a day: a year is 365.25 days, a month a twelfth of it [indirect]

-- A 48th of a day makes every unit whole: year 17,532, month 1,461, week 336, day 48.
SELECT r.hearing_id,
       r.result_no,
       r.result_id,
       r.offence_code,
       o.offence_group,
       r.result_code,
       r.qualifier,
       r.treatment,
       r.duration_value,
       r.duration_unit,
       CASE WHEN r.treatment = 'determinate' THEN
           r.duration_value * CASE r.duration_unit WHEN 'Y' THEN 17532 WHEN 'M' THEN 1461 WHEN 'W' THEN 336
                                                   WHEN 'D' THEN 48 END END AS term_day_48ths
FROM (
    SELECT h.hearing_id,
           row_number() OVER (PARTITION BY h.hearing_id ORDER BY part._row) AS result_no,
           part.*,
           CASE WHEN part.qualifier = 'S' OR code.treatment = 'suspended' THEN 'suspended'
                WHEN code.treatment = 'indeterminate' THEN 'indeterminate'
                WHEN code.treatment = 'determinate' AND part.duration_unit = 'L' THEN 'indeterminate'
                WHEN code.treatment = 'determinate' THEN 'determinate'
                ELSE 'none' END AS treatment
    FROM hearing_result part
    JOIN hearing h ON h._batch = part._batch AND h._file = part._file AND h._row = part.part_of
    LEFT JOIN result_code code USING (result_code)) r
LEFT JOIN offence_group o USING (offence_code)
