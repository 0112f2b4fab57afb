-- Money at one stage of its way: seized, detained, forfeited, returned, confiscation ordered and paid.
-- grain: money_ref
-- rows: register_entry
-- columns:
--   money_ref          Reference, stage and day
--   happened_on        Day of the stage
--   unit_code          Unit
--   operation_ref      Operation
--   power              Power
--   stage              Stage
--   amount_pence       Amount in sterling, pence
--   is_unit_work       Whether it is the unit's

SELECT e.ref || ' ' || e.stage_raw || ' ' || strftime(e.date, '%Y-%m-%d') AS money_ref,
       e.date AS happened_on,
       e.unit AS unit_code,
       e.operation AS operation_ref,
       e.power,
       e.stage,
       CASE WHEN e.currency = 'GBP' THEN e.amount ELSE e.gbp_amount END AS amount_pence,
       u.unit_code IS NOT NULL AS is_unit_work
FROM register_entry e
LEFT JOIN unit u ON u.unit_code = e.unit AND e.date >= u.set_up_on
