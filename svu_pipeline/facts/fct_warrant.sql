-- Search warrants.
-- grain: warrant_ref
-- rows: warrant
-- columns:
--   warrant_ref        Warrant
--   power              Power
--   issued_on          Day of issue
--   executed_on        Day of execution
--   result             Whether something was found
--   premises_ref       Premises [indirect]
--   district_code      District, ONS code
--   unit_code          Unit
--   operation_ref      Operation
--   status             Status
--   is_executed        Whether it was executed by the unit

SELECT w.warrant_no AS warrant_ref,
       w.power,
       w.issued AS issued_on,
       w.executed AS executed_on,
       w.result,
       w.premises_ref,
       w.district AS district_code,
       w.unit AS unit_code,
       w.operation AS operation_ref,
       w.status,
       w.status = 'EXECUTED' AND u.unit_code IS NOT NULL AS is_executed
FROM warrant w
LEFT JOIN unit u ON u.unit_code = w.unit AND w.executed >= u.set_up_on
