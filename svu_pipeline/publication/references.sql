-- References by the pair of systems and datasets that they join: how many there are, and how many lack their other end.
CREATE OR REPLACE TABLE reference_check AS
WITH referring AS (
    SELECT 'custody' AS system, 'custody_record' AS dataset, 'transferred_from' AS refers_by, 'custody' AS to_system,
           'custody_record' AS to_dataset, 'transfers whose earlier custody record is not there' AS words,
           count(transferred_from) AS "of" FROM custody_record
    UNION ALL
    SELECT 'case_file', 'charge', 'custody_ref', 'custody', 'custody_record',
           'charges whose custody record is not there', count(custody_ref) FROM charge
    UNION ALL
    SELECT 'case_file', 'custody_outcome', 'custody_ref', 'custody', 'custody_record',
           'custody outcomes whose custody record is not there', count(custody_ref) FROM custody_outcome
    UNION ALL
    SELECT 'case_file', 'remand_decision', 'custody_ref', 'custody', 'custody_record',
           'remand decisions whose custody record is not there', count(custody_ref) FROM remand_decision
    UNION ALL
    SELECT 'courts', 'hearing', 'urn', 'case_file', 'charge',
           'hearings on a case of which no charge is there', count(urn) FROM hearing
    UNION ALL
    SELECT 'property', 'exhibit', 'custody_ref', 'custody', 'custody_record',
           'exhibits whose custody record is not there', count(custody_ref) FROM exhibit
    UNION ALL
    SELECT 'civil_orders', 'order_breach', 'order_ref', 'civil_orders', 'civil_order',
           'breaches whose order is not there', count(order_ref) FROM order_breach
    UNION ALL
    SELECT 'custody', 'custody_record', 'operation_ref', 'operations', 'operation',
           'custody records whose operation is not in the log', count(operation_ref) FROM custody_record
    UNION ALL
    SELECT 'property', 'exhibit', 'operation_ref', 'operations', 'operation',
           'exhibits whose operation is not in the log', count(operation_ref) FROM exhibit
    UNION ALL
    SELECT 'asset_recovery', 'register_entry', 'operation', 'operations', 'operation',
           'entries of the asset register whose operation is not in the log', count(operation) FROM register_entry
    UNION ALL
    SELECT 'warrants', 'warrant', 'operation', 'operations', 'operation',
           'warrants whose operation is not in the log', count(operation) FROM warrant
    UNION ALL
    SELECT 'safeguarding', 'contact', 'operation', 'operations', 'operation',
           'contacts whose operation is not in the log', count(operation) FROM contact
    UNION ALL
    SELECT 'civil_orders', 'civil_order', 'operation_ref', 'operations', 'operation',
           'orders whose operation is not in the log', count(operation_ref) FROM civil_order)
SELECT r.system, r.dataset, r.refers_by, r.to_system, r.to_dataset, r.words, r."of", coalesce(o.rows, 0) AS rows
FROM referring r
LEFT JOIN (SELECT dataset, refers_by, count(*) AS rows FROM fct_orphan GROUP BY ALL) o USING (dataset, refers_by);
