-- Civil orders, interim and final, each a record of its own.
-- grain: order_ref
-- rows: civil_order
-- columns:
--   order_ref          Order [indirect]
--   person_id          Respondent, keyed id [indirect]
--   order_type         Type of order
--   stage              Interim or final
--   status             Status
--   granted_on         Day of the decision
--   expires_on         Last day, empty until further order
--   term_months        Completed months from the decision to the day after the last, empty where open-ended
--   district_code      District, ONS code
--   unit_code          Unit
--   operation_ref      Operation
--   age_years          Age of the respondent on the day of the decision, completed years [indirect]
--   was_granted        Whether it was granted, discharged since or not
--   is_unit_work       Whether it is the unit's

SELECT o.order_ref,
       p.person_id,
       o.order_type,
       o.stage,
       o.status,
       o.granted_on,
       o.expires_on,
       completed_months(o.granted_on, o.expires_on + 1) AS term_months,
       o.district_code,
       o.unit_code,
       o.operation_ref,
       age_on(p.date_of_birth, o.granted_on) AS age_years,
       o.status IN ('GRANTED', 'DISCHARGED') AS was_granted,
       u.unit_code IS NOT NULL AS is_unit_work
FROM civil_order o
LEFT JOIN person_record p ON p.dataset = 'civil_order' AND p.record_key = o.order_ref
LEFT JOIN unit u ON u.unit_code = o.unit_code AND o.granted_on >= u.set_up_on
