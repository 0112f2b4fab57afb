-- What was seized of drugs: mass, tablets, wraps and plants, each measured and never estimated from another.
-- grain: exhibit_ref
-- columns:
--   exhibit_ref        Exhibit
--   drug               Drug
--   drug_class         Class of the drug on the day of the seizure (Misuse of Drugs Act 1971, Schedule 2)
--   first_mass_mg      Mass as first weighed, milligrams
--   lab_mass_mg        Mass found by the laboratory, milligrams
--   mass_mg            Mass that counts, milligrams: the laboratory's where there is one
--   tablet_count       Tablets
--   wrap_count         Wraps
--   plant_count        Plants

-- Quantities are millionths. An ounce is 28.349523125 g; rounded once, to the milligram, half away from zero.
WITH weighed AS (
    SELECT exhibit_ref, drug, seized_on, unit_of_measure, quantity,
           CASE unit_of_measure WHEN 'MG' THEN 1000000000 WHEN 'G' THEN 1000000000000 WHEN 'KG' THEN 1000000000000000
                                WHEN 'OZ' THEN 28349523125000 END AS unit_size,
           CASE lab_unit WHEN 'MG' THEN 1000000000 WHEN 'G' THEN 1000000000000 WHEN 'KG' THEN 1000000000000000
                         WHEN 'OZ' THEN 28349523125000 END AS lab_size,
           lab_quantity
    FROM exhibit WHERE category = 'DRUG'),
massed AS (
    SELECT *,
           CAST((CAST(quantity AS HUGEINT) * unit_size + 500000000000000) // 1000000000000000 AS BIGINT) AS first_mass_mg,
           CAST((CAST(lab_quantity AS HUGEINT) * lab_size + 500000000000000) // 1000000000000000 AS BIGINT) AS lab_mass_mg
    FROM weighed)
SELECT m.exhibit_ref,
       m.drug,
       k.drug_class,
       m.first_mass_mg,
       m.lab_mass_mg,
       coalesce(m.lab_mass_mg, m.first_mass_mg) AS mass_mg,
       CASE WHEN m.unit_of_measure = 'TABLET' THEN m.quantity // 1000000 END AS tablet_count,
       CASE WHEN m.unit_of_measure = 'WRAP' THEN m.quantity // 1000000 END AS wrap_count,
       CASE WHEN m.unit_of_measure = 'PLANT' THEN m.quantity // 1000000 END AS plant_count
FROM massed m
LEFT JOIN drug_class k ON k.drug = m.drug AND m.seized_on BETWEEN k.from_on AND k.to_on
