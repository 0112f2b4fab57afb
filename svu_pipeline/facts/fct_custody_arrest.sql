-- Arrests: a chain of transferred custody records is one arrest, that of its first live record.
-- grain: arrest_ref
-- columns:
--   arrest_ref         Custody record that stands for the arrest [indirect]
--   chain_ref          First custody record of the chain [indirect]
--   person_id          Person arrested, keyed id [indirect]
--   arrested_at        Instant of the arrest, UTC [indirect]
--   arrested_on        London day of the arrest
--   arrest_reason      Reason for the arrest
--   unit_code          Unit at the time of the arrest
--   district_code      District of the arrest, ONS code
--   operation_ref      Operation
--   sex                Sex [indirect]
--   age_years          Age at the arrest, completed years [indirect]
--   lead_offence_code  Lead offence, CJS code [indirect]
--   lead_offence_group Group of the lead offence [indirect]
--   is_counted         Whether it is the unit's own arrest and not an answer to bail

WITH first_live AS (
    SELECT chain.chain_ref, record.*
    FROM custody_chain chain JOIN custody_record record USING (custody_ref)
    WHERE record.record_status = 'LIVE'
    QUALIFY row_number() OVER (PARTITION BY chain.chain_ref
                               ORDER BY chain.step_no, record.arrested_at, record.custody_ref) = 1)
SELECT a.custody_ref AS arrest_ref,
       a.chain_ref,
       p.person_id,
       a.arrested_at,
       a.arrested_on,
       a.arrest_reason,
       a.arresting_unit AS unit_code,
       a.district_code,
       a.operation_ref,
       a.sex,
       age_on(p.date_of_birth, a.arrested_on) AS age_years,
       a.lead_offence_code,
       o.offence_group AS lead_offence_group,
       u.unit_code IS NOT NULL AND a.arrest_reason <> 'ANSWER_BAIL' AS is_counted
FROM first_live a
LEFT JOIN person_record p ON p.dataset = 'custody_record' AND p.record_key = a.custody_ref
LEFT JOIN unit u ON u.unit_code = a.arresting_unit AND a.arrested_on >= u.set_up_on
LEFT JOIN offence_group o ON o.offence_code = a.lead_offence_code
