-- To which arrest a custody record belongs: its chain's; when the person answered bail, the same person's latest earlier
-- counted arrest.
-- grain: custody_ref
-- rows: custody_record
-- columns:
--   custody_ref        Custody record [indirect]
--   chain_ref          First custody record of its chain [indirect]
--   arrest_ref         Arrest it belongs to, empty where there is none [indirect]

-- A chain speaks by its first live record; one that has none can still be a return to bail, and a charge made then is real.
WITH lead AS (
    SELECT chain.chain_ref, record.arrest_reason, record.arrested_at, person.person_id
    FROM custody_chain chain
    JOIN custody_record record USING (custody_ref)
    LEFT JOIN person_record person ON person.dataset = 'custody_record' AND person.record_key = record.custody_ref
    QUALIFY row_number() OVER (PARTITION BY chain.chain_ref ORDER BY record.record_status = 'LIVE' DESC,
                               chain.step_no, record.arrested_at, record.custody_ref) = 1),
answered AS (
    SELECT bail.chain_ref, earlier.arrest_ref
    FROM lead bail
    JOIN fct_custody_arrest earlier ON earlier.person_id = bail.person_id
                                   AND earlier.is_counted AND earlier.arrested_at < bail.arrested_at
    WHERE bail.arrest_reason = 'ANSWER_BAIL'
    QUALIFY row_number() OVER (PARTITION BY bail.chain_ref
                               ORDER BY earlier.arrested_at DESC, earlier.arrest_ref DESC) = 1)
SELECT c.custody_ref,
       c.chain_ref,
       CASE WHEN lead.arrest_reason = 'ANSWER_BAIL' THEN answered.arrest_ref ELSE a.arrest_ref END AS arrest_ref
FROM custody_chain c
JOIN lead USING (chain_ref)
LEFT JOIN fct_custody_arrest a USING (chain_ref)
LEFT JOIN answered USING (chain_ref)
