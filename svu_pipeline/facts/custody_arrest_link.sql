-- To which arrest a custody record belongs: its chain's; when the person answered bail, the same person's latest earlier
-- counted arrest.
-- grain: custody_ref
-- rows: custody_record
-- columns:
--   custody_ref        Custody record [indirect]
--   chain_ref          First custody record of its chain [indirect]
--   arrest_ref         Arrest it belongs to, empty where there is none [indirect]

WITH answered AS (
    SELECT bail.arrest_ref AS bail_ref, earlier.arrest_ref
    FROM fct_custody_arrest bail
    JOIN fct_custody_arrest earlier ON earlier.person_id = bail.person_id
                                   AND earlier.is_counted AND earlier.arrested_at < bail.arrested_at
    WHERE bail.arrest_reason = 'ANSWER_BAIL'
    QUALIFY row_number() OVER (PARTITION BY bail.arrest_ref
                               ORDER BY earlier.arrested_at DESC, earlier.arrest_ref DESC) = 1)
SELECT c.custody_ref,
       c.chain_ref,
       CASE WHEN a.arrest_reason = 'ANSWER_BAIL' THEN answered.arrest_ref ELSE a.arrest_ref END AS arrest_ref
FROM custody_chain c
LEFT JOIN fct_custody_arrest a USING (chain_ref)
LEFT JOIN answered ON answered.bail_ref = a.arrest_ref
