-- Credit to the unit: what the recorded unit says of each record that a figure can count, and a second opinion from all else.
-- grain: dataset, record_key
-- columns:
--   dataset            Dataset of the record
--   record_key         Key of the record [indirect]
--   happened_on        Day that puts it in a window
--   unit_code          Unit recorded at the time: of a breach the order's, of a hearing the arrest's
--   is_unit_work       Whether that is one of the unit's at the time; this alone decides what counts
--   opinion            What the other evidence says: unit, other, or none where nothing speaks or not all say the same
--   is_agreed          Whether the opinion agrees with the recorded unit, empty without an opinion
--   evidence_for       Kinds of evidence that say it is the unit's: case, custody, money, operation, same_day
--   evidence_against   Kinds of evidence that say it is not
--   witness            What the evidence rests on: case, custody, money, operation, premises, with the day [indirect]

-- Read four times over; without the word each reading would build it anew.
WITH work AS MATERIALIZED (
    SELECT 'custody_record' AS dataset, arrest_ref AS record_key, arrested_on AS happened_on, unit_code,
           is_counted AS is_unit_work, operation_ref, NULL AS premises_ref, true AS can_count
    FROM fct_custody_arrest WHERE arrest_reason <> 'ANSWER_BAIL'
    UNION ALL
    SELECT 'warrant', warrant_ref, executed_on, unit_code, is_executed, operation_ref, premises_ref, true
    FROM fct_warrant WHERE status = 'EXECUTED'
    UNION ALL
    SELECT 'exhibit', exhibit_ref, seized_on, unit_code, is_unit_work, operation_ref, NULL, is_weapon OR category = 'DRUG'
    FROM fct_exhibit WHERE is_valid
    UNION ALL
    SELECT 'register_entry', money_ref, happened_on, unit_code, is_unit_work, operation_ref, NULL,
           stage IN ('SEIZED', 'RETURNED', 'FORFEITED', 'CONFISCATION_ORDERED', 'CONFISCATION_PAID')
    FROM fct_money_event
    UNION ALL
    SELECT 'contact', contact_ref, contacted_on, unit_code, is_unit_work, operation_ref, premises_ref,
           outcome = 'SAFEGUARDED' OR kind = 'NRM_REFERRAL'
               OR (kind IN ('CHILD_REFERRAL', 'ADULT_REFERRAL') AND partner IS NOT NULL)
               OR (kind = 'CUCKOOING_VISIT' AND premises_ref IS NOT NULL)
    FROM fct_safeguarding_contact
    UNION ALL
    SELECT 'civil_order', order_ref, granted_on, unit_code, is_unit_work, operation_ref, NULL,
           was_granted AND (order_type = 'GANG_INJUNCTION' OR (order_type = 'STRO' AND stage = 'FINAL'))
    FROM fct_civil_order
    UNION ALL
    SELECT 'deployment', deployment_ref, started_on, unit_code, is_unit_work, NULL, NULL, operation_name = 'BUMBLE'
    FROM fct_deployment),
case_arrest AS (
    SELECT c.urn, c.person_id, a.arrest_ref, a.arrested_at, a.arrested_on, a.unit_code, a.is_counted
    FROM fct_charge c JOIN fct_custody_arrest a USING (arrest_ref)
    WHERE c.is_live),
-- Records that one thing ties together speak for one another: the two sides of a custody record (custody says who arrested,
-- the property store who seized), the arrests of a case, the entries of the same money, and what several systems have of
-- one operation or premises on one day. Within a system a day's records do not: one hand fills in a register.
tied AS (
    SELECT 'custody' AS evidence, arrest_ref AS tie, 'custody_record' AS side, 'custody_record' AS dataset,
           arrest_ref AS record_key, is_counted AS is_unit_work
    FROM fct_custody_arrest
    UNION ALL
    SELECT 'custody', link.arrest_ref, 'exhibit', 'exhibit', e.exhibit_ref, e.is_unit_work
    FROM fct_exhibit e JOIN exhibit x USING (exhibit_ref) JOIN custody_arrest_link link USING (custody_ref)
    WHERE e.is_valid AND link.arrest_ref IS NOT NULL
    UNION ALL
    SELECT 'case', urn, arrest_ref, 'custody_record', arrest_ref, is_counted
    FROM case_arrest
    UNION ALL
    SELECT 'money', e.ref, m.money_ref, 'register_entry', m.money_ref, m.is_unit_work
    FROM register_entry e
    JOIN fct_money_event m ON m.money_ref = e.ref || ' ' || e.stage_raw || ' ' || strftime(e.date, '%Y-%m-%d')
    UNION ALL
    SELECT 'same_day', meeting || ' on ' || strftime(happened_on, '%Y-%m-%d'), dataset, dataset, record_key, is_unit_work
    FROM (SELECT *, unnest(['operation ' || operation_ref, 'premises ' || premises_ref]) AS meeting FROM work)
    WHERE meeting IS NOT NULL),
-- Of several witnesses one of the unit's is enough: units work together.
other_side AS (
    SELECT evidence, tie, side,
           count(*) FILTER (is_unit) OVER (PARTITION BY evidence, tie) > CAST(is_unit AS INTEGER) AS is_unit
    FROM (SELECT evidence, tie, side, bool_or(is_unit_work) AS is_unit FROM tied GROUP BY ALL)
    QUALIFY count(*) OVER (PARTITION BY evidence, tie) > 1),
-- Operations are the unit's: a record that names one is its work, from the day on which it was opened.
said AS (
    SELECT t.dataset, t.record_key, evidence, o.is_unit, tie AS witness
    FROM tied t JOIN other_side o USING (evidence, tie, side)
    UNION ALL
    SELECT w.dataset, w.record_key, 'operation', true, operation_ref
    FROM work w JOIN fct_operation o USING (operation_ref) WHERE w.happened_on >= o.opened_on
    UNION ALL
    SELECT 'deployment', d.deployment_ref, 'operation', true, o.operation_ref
    FROM fct_deployment d JOIN fct_operation o USING (operation_name) WHERE d.started_on >= o.opened_on),
spoken AS (
    SELECT dataset, record_key, evidence, bool_or(is_unit) AS is_unit,
           coalesce(max(witness) FILTER (is_unit), max(witness)) AS witness
    FROM said GROUP BY ALL),
second_opinion AS (
    SELECT dataset, record_key, bool_and(is_unit) AS is_unit_only, NOT bool_or(is_unit) AS is_other_only,
           list_sort(list(evidence) FILTER (is_unit)) AS evidence_for,
           list_sort(list(evidence) FILTER (NOT is_unit)) AS evidence_against,
           list_sort(list(evidence || ' ' || witness)) AS witness
    FROM spoken GROUP BY ALL),
-- A breach counts by its order's unit, a hearing by that of the arrest which makes it the unit's, else of the first.
record AS (
    SELECT dataset, record_key, happened_on, unit_code, is_unit_work, dataset AS of_dataset, record_key AS of_key,
           happened_on AS of_day
    FROM work WHERE can_count
    UNION ALL
    SELECT 'order_breach', b.breach_ref, b.breached_on, b.unit_code, b.is_unit_work, 'civil_order', order_ref, o.granted_on
    FROM fct_order_breach b JOIN fct_civil_order o USING (order_ref)
    UNION ALL
    SELECT 'hearing', h.hearing_id, h.hearing_on, a.unit_code, a.is_counted, 'custody_record', a.arrest_ref, a.arrested_on
    FROM fct_hearing h JOIN case_arrest a USING (urn, person_id)
    WHERE h.is_drug_supply AND NOT h.is_replaced
    QUALIFY row_number() OVER (PARTITION BY h.hearing_id ORDER BY a.is_counted DESC, a.arrested_at, a.arrest_ref) = 1)
SELECT r.dataset,
       r.record_key,
       r.happened_on,
       r.unit_code,
       r.is_unit_work,
       CASE WHEN o.is_unit_only THEN 'unit' WHEN o.is_other_only THEN 'other' ELSE 'none' END AS opinion,
       CASE WHEN o.is_unit_only THEN r.is_unit_work WHEN o.is_other_only THEN NOT r.is_unit_work END AS is_agreed,
       array_to_string(o.evidence_for, ', ') AS evidence_for,
       array_to_string(o.evidence_against, ', ') AS evidence_against,
       array_to_string(o.witness, ', ') AS witness
FROM record r
LEFT JOIN second_opinion o ON o.dataset = r.of_dataset AND o.record_key = r.of_key
WHERE r.of_day >= (SELECT min(set_up_on) FROM unit)
