-- Breaches of civil orders.
-- grain: breach_ref
-- rows: order_breach
-- columns:
--   breach_ref         Breach [indirect]
--   order_ref          Order [indirect]
--   breached_on        Day of the breach
--   outcome            Outcome
--   order_type         Type of the order
--   unit_code          Unit of the order
--   district_code      District of the order, ONS code
--   operation_ref      Operation of the order
--   is_unit_work       Whether the order is the unit's

SELECT b.breach_ref,
       b.order_ref,
       b.breached_on,
       b.outcome,
       o.order_type,
       o.unit_code,
       o.district_code,
       o.operation_ref,
       coalesce(o.is_unit_work, false) AS is_unit_work
FROM order_breach b
LEFT JOIN fct_civil_order o USING (order_ref)
