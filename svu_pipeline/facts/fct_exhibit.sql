-- Exhibits in the property store.
-- grain: exhibit_ref
-- rows: exhibit
-- columns:
--   exhibit_ref        Exhibit
--   seizure_ref        Seizure it belongs to: the day and custody chain, else operation, else the exhibit [indirect]
--   seized_at          Instant of the seizure, UTC
--   seized_on          London day of the seizure
--   unit_code          Unit that seized it
--   district_code      District of the seizure, ONS code
--   operation_ref      Operation
--   category           Category
--   item_type          Type of item; of a weapon one of the list or UNKNOWN
--   weapon_group       BLADE, FIREARM, OTHER; empty for what is no weapon
--   item_count         Items, whole number; what is weighed or measured counts as one
--   status             Status
--   is_valid           Whether it was not created in error
--   is_unit_work       Whether the unit seized it
--   is_weapon          Whether it counts as a weapon seized

SELECT e.exhibit_ref,
       strftime(e.seized_on, '%Y-%m-%d') || ' ' || coalesce(chain.chain_ref, e.custody_ref, e.operation_ref, e.exhibit_ref)
           AS seizure_ref,
       e.seized_at,
       e.seized_on,
       e.unit_code,
       e.district_code,
       e.operation_ref,
       e.category,
       CASE WHEN e.category = 'WEAPON' AND w.item_type IS NULL THEN 'UNKNOWN' ELSE e.item_type END AS item_type,
       CASE WHEN e.category <> 'WEAPON' OR w.weapon_group = 'NOT_A_WEAPON' THEN NULL
            ELSE coalesce(w.weapon_group, 'UNKNOWN') END AS weapon_group,
       CASE WHEN e.unit_of_measure IN ('G', 'KG', 'MG', 'OZ', 'ML') OR e.quantity % 1000000 <> 0 THEN 1
            ELSE e.quantity // 1000000 END AS item_count,
       e.status,
       e.status <> 'CREATED_IN_ERROR' AS is_valid,
       u.unit_code IS NOT NULL AS is_unit_work,
       e.category = 'WEAPON' AND coalesce(w.weapon_group, 'UNKNOWN') <> 'NOT_A_WEAPON'
           AND e.status NOT IN ('AMNESTY', 'CREATED_IN_ERROR') AS is_weapon
FROM exhibit e
LEFT JOIN custody_chain chain USING (custody_ref)
LEFT JOIN weapon_type w USING (item_type)
LEFT JOIN unit u ON u.unit_code = e.unit_code AND e.seized_on >= u.set_up_on
