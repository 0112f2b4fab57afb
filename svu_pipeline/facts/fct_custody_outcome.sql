-- How detentions ended, each with the arrest it belongs to.
-- grain: custody_ref
-- rows: custody_outcome
-- columns:
--   custody_ref        Custody record [indirect]
--   arrest_ref         Arrest it belongs to, empty where its custody record is not there [indirect]
--   outcome            Outcome
--   decided_at         Instant of the decision, UTC [indirect]
--   decided_on         London day of the decision

SELECT o.custody_ref, link.arrest_ref, o.outcome, o.decided_at, o.decided_on
FROM custody_outcome o
LEFT JOIN custody_arrest_link link USING (custody_ref)
