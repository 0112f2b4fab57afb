-- Remand decisions, each with the arrest it belongs to.
-- grain: remand_id
-- rows: remand_decision
-- columns:
--   remand_id          Remand decision [indirect]
--   arrest_ref         Arrest it belongs to, empty where its custody record is not there [indirect]
--   decided_at         Instant of the decision, UTC [indirect]
--   decided_on         London day of the decision
--   decided_by         Police or court
--   remand_code        Bail or custody
--   is_custody         Whether the person was kept in custody or secure accommodation

SELECT r.remand_id,
       link.arrest_ref,
       r.decided_at,
       r.decided_on,
       r.decided_by,
       r.remand_code,
       r.remand_code IN ('PB', 'PR', 'SA') AS is_custody
FROM remand_decision r
LEFT JOIN custody_arrest_link link USING (custody_ref)
