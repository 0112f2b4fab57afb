-- What each drug line came to, an event a row: the unit's own work alone, whenever it happened (counting.md, The KASH line).
-- Charges, remands and sentences are those of the counted arrests that name the line.
CREATE OR REPLACE TEMP TABLE story_event AS
WITH line AS (SELECT operation_ref FROM fct_operation WHERE kind = 'DRUG_LINE'),
arrest AS (SELECT * FROM fct_custody_arrest SEMI JOIN line USING (operation_ref) WHERE is_counted)
SELECT operation_ref, 'warrants' AS step, warrant_ref AS record, NULL AS person_id, premises_ref,
       executed_on AS happened_on, district_code
FROM fct_warrant SEMI JOIN line USING (operation_ref) WHERE is_executed
UNION ALL
SELECT operation_ref, 'arrests', arrest_ref, person_id, NULL, arrested_on, NULL FROM arrest
UNION ALL
SELECT operation_ref, 'charges', charge_id, arrest.person_id, NULL, charged_on, NULL
FROM fct_charge JOIN arrest USING (arrest_ref) WHERE is_live
UNION ALL
SELECT operation_ref, 'remands', remand_id, person_id, NULL, decided_on, NULL
FROM fct_remand JOIN arrest USING (arrest_ref) WHERE is_custody
UNION ALL
SELECT operation_ref, 'sentences', hearing_id, person_id, NULL, hearing_on, NULL
FROM fct_hearing SEMI JOIN line USING (operation_ref) WHERE is_custodial AND NOT is_replaced
UNION ALL
SELECT operation_ref, 'cuckooed', premises_ref, NULL, premises_ref, contacted_on, district_code
FROM fct_safeguarding_contact SEMI JOIN line USING (operation_ref)
WHERE kind = 'CUCKOOING_VISIT' AND is_unit_work AND premises_ref IS NOT NULL
UNION ALL
SELECT operation_ref, 'orders', order_ref, person_id, NULL, granted_on, NULL
FROM fct_civil_order SEMI JOIN line USING (operation_ref) WHERE was_granted AND is_unit_work;
