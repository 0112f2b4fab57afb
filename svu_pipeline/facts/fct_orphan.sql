-- References between records whose other end is not there: never a reason to hold, counted each night (sources.md, Conventions).
-- grain: dataset, record_key, refers_by
-- columns:
--   system             System of the record
--   dataset            Dataset of the record
--   record_key         Key of the record [indirect]
--   refers_by          Column by which it refers
--   to_system          System of the record that is not there
--   to_dataset         Dataset of the record that is not there
--   missing_key        Key that is not there [indirect]

SELECT system, dataset, record_key, refers_by, to_system, to_dataset, missing_key FROM (
    SELECT 'custody' AS system, 'custody_record' AS dataset, custody_ref AS record_key, 'transferred_from' AS refers_by,
           'custody' AS to_system, 'custody_record' AS to_dataset, transferred_from AS missing_key
    FROM custody_record WHERE transferred_from NOT IN (SELECT custody_ref FROM custody_record)
    UNION ALL
    SELECT 'case_file', 'charge', charge_id, 'custody_ref', 'custody', 'custody_record', custody_ref
    FROM charge WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
    UNION ALL
    SELECT 'case_file', 'custody_outcome', custody_ref, 'custody_ref', 'custody', 'custody_record', custody_ref
    FROM custody_outcome WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
    UNION ALL
    SELECT 'case_file', 'remand_decision', remand_id, 'custody_ref', 'custody', 'custody_record', custody_ref
    FROM remand_decision WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
    UNION ALL
    SELECT 'courts', 'hearing', hearing_id, 'urn', 'case_file', 'charge', urn
    FROM hearing WHERE urn NOT IN (SELECT urn FROM charge)
    UNION ALL
    SELECT 'property', 'exhibit', exhibit_ref, 'custody_ref', 'custody', 'custody_record', custody_ref
    FROM exhibit WHERE custody_ref NOT IN (SELECT custody_ref FROM custody_record)
    UNION ALL
    SELECT 'civil_orders', 'order_breach', breach_ref, 'order_ref', 'civil_orders', 'civil_order', order_ref
    FROM order_breach WHERE order_ref NOT IN (SELECT order_ref FROM civil_order)
    UNION ALL
    SELECT system, dataset, record_key, refers_by, 'operations', 'operation', operation_ref
    FROM (SELECT 'custody' AS system, 'custody_record' AS dataset, custody_ref AS record_key, 'operation_ref' AS refers_by,
                 operation_ref FROM custody_record
          UNION ALL SELECT 'property', 'exhibit', exhibit_ref, 'operation_ref', operation_ref FROM exhibit
          UNION ALL SELECT 'asset_recovery', 'register_entry', ref || ' ' || stage_raw || ' ' || strftime(date, '%Y-%m-%d'),
                           'operation', operation FROM register_entry
          UNION ALL SELECT 'warrants', 'warrant', warrant_no, 'operation', operation FROM warrant
          UNION ALL SELECT 'safeguarding', 'contact', id, 'operation', operation FROM contact
          UNION ALL SELECT 'civil_orders', 'civil_order', order_ref, 'operation_ref', operation_ref FROM civil_order)
    WHERE operation_ref NOT IN (SELECT operation_ref FROM operation))
WHERE missing_key IS NOT NULL
