-- Charges, requisitions and summonses, each with the arrest it belongs to.
-- grain: charge_id
-- rows: charge
-- columns:
--   charge_id          Charge [indirect]
--   urn                Case [indirect]
--   arrest_ref         Arrest it belongs to, empty where its custody record is not there [indirect]
--   person_id          Person arrested, keyed id [indirect]
--   offence_code       Offence, CJS code [indirect]
--   offence_group      Group of the offence [indirect]
--   charged_at         Instant of the charge, UTC [indirect]
--   charged_on         London day of the charge
--   initiation         Charge (C), requisition (R) or summons (S)
--   is_live            Whether the charge is live
--   is_counted_arrest  Whether the arrest is one that the unit counts

SELECT c.charge_id,
       c.urn,
       link.arrest_ref,
       a.person_id,
       c.offence_code,
       o.offence_group,
       c.charged_at,
       c.charged_on,
       c.initiation,
       c.status = 'LIVE' AS is_live,
       coalesce(a.is_counted, false) AS is_counted_arrest
FROM charge c
LEFT JOIN custody_arrest_link link USING (custody_ref)
LEFT JOIN fct_custody_arrest a USING (arrest_ref)
LEFT JOIN offence_group o USING (offence_code)
