-- identity: one row per standing record that names a person, in the shape that every linker works on.
-- own_key tells the person apart when nothing else does: a record stands for itself, and a defendant id for a person
-- within one case, no more (sources.md, 3).

CREATE OR REPLACE MACRO normal_name(name) AS
    nullif(trim(regexp_replace(regexp_replace(
        lower(strip_accents(nfc_normalize(name))), '[''’‘`´]', '', 'g'), '[^\p{L}\p{N}]+', ' ', 'g')), '');

CREATE OR REPLACE TABLE identity AS
WITH named AS (
    SELECT 'custody_record' AS dataset, custody_ref AS record_key, custody_ref AS own_key, pnc_id, surname, forenames,
           date_of_birth, sex, home_postcode AS postcode
    FROM custody_record
    UNION ALL
    SELECT 'hearing', hearing_id, urn || '/' || defendant_id, pnc_id, surname, forenames, date_of_birth, NULL, NULL
    FROM hearing
    UNION ALL
    SELECT 'contact', id, id, pnc_id, surname, forenames, date_of_birth, sex, postcode
    FROM contact
    UNION ALL
    SELECT 'civil_order', order_ref, order_ref, pnc_id, surname, forenames, date_of_birth, NULL, NULL
    FROM civil_order)
SELECT *, normal_name(surname) || '|' || normal_name(forenames) || '|' || date_of_birth AS name_key
FROM named;
