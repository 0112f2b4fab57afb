-- Contacts of the Prepare, Prevent, Protect team.
-- grain: contact_ref
-- rows: contact
-- columns:
--   contact_ref        Contact [indirect]
--   person_id          Person, keyed id [indirect]
--   contacted_on       Day of the contact
--   unit_code          Unit
--   district_code      District, ONS code
--   operation_ref      Operation
--   kind               Kind of contact
--   outcome            Outcome
--   partner            Partner agency
--   premises_ref       Premises [indirect]
--   sex                Sex [indirect]
--   age_years          Age at the contact, completed years [indirect]
--   is_unit_work       Whether it is the unit's

SELECT c.id AS contact_ref,
       p.person_id,
       c.contacted_on,
       c.unit AS unit_code,
       c.district AS district_code,
       c.operation AS operation_ref,
       c.kind,
       c.outcome,
       c.partner,
       c.premises_ref,
       c.sex,
       age_on(p.date_of_birth, c.contacted_on) AS age_years,
       u.unit_code IS NOT NULL AS is_unit_work
FROM contact c
LEFT JOIN person_record p ON p.dataset = 'contact' AND p.record_key = c.id
LEFT JOIN unit u ON u.unit_code = c.unit AND c.contacted_on >= u.set_up_on
