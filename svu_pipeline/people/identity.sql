-- identity: one row per standing record that names a person; node: one row per distinct identity.
-- Reads custody_record, hearing, contact, civil_order (their current rows) and people_decision (those in force).
-- Records share a node when PNC id or postcode, and names and date of birth, are the same to the letter; every other record
-- is a node by itself, for its likeness to another is for the model to judge. So is each record that a decision names.
-- content_id is the same as long as the record says the same, whatever node it is.

CREATE OR REPLACE MACRO normal_name(name) AS
    nullif(trim(regexp_replace(regexp_replace(
        lower(strip_accents(nfc_normalize(name))), '[''’‘ʼ`´]', '', 'g'), '[^\p{L}\p{N}]+', ' ', 'g')), '');

CREATE OR REPLACE TABLE identity AS
WITH named AS (
    SELECT 'custody_record' AS dataset, custody_ref AS record_key, NULL AS case_key, pnc_id, surname, forenames,
           date_of_birth, sex, home_postcode AS postcode
    FROM custody_record
    UNION ALL
    -- A defendant id is a person within one case, no more (sources.md, 3).
    SELECT 'hearing', hearing_id, urn || '/' || defendant_id, pnc_id, surname, forenames, date_of_birth, NULL, NULL
    FROM hearing
    UNION ALL
    SELECT 'contact', id, NULL, pnc_id, surname, forenames, date_of_birth, sex, postcode
    FROM contact
    UNION ALL
    SELECT 'civil_order', order_ref, NULL, pnc_id, surname, forenames, date_of_birth, NULL, NULL
    FROM civil_order),
plain AS (
    SELECT dataset, record_key, case_key, pnc_id, normal_name(surname) AS surname, normal_name(forenames) AS forenames,
           date_of_birth, CASE WHEN sex IN ('M', 'F') THEN sex END AS sex,
           nullif(upper(regexp_replace(postcode, '\s', '', 'g')), '') AS postcode, NULL::TEXT AS identifier
    FROM named),
decided AS (
    SELECT dataset_a AS dataset, key_a AS record_key FROM people_decision
    UNION
    SELECT dataset_b, key_b FROM people_decision),
apart AS (
    SELECT p.*, d.record_key IS NOT NULL OR surname IS NULL OR forenames IS NULL OR date_of_birth IS NULL
                OR (pnc_id IS NULL AND postcode IS NULL) AS is_alone
    FROM plain p LEFT JOIN decided d USING (dataset, record_key)),
hashed AS (
    SELECT *, sha256(to_json([pnc_id, surname, forenames, CAST(date_of_birth AS TEXT), sex, postcode, identifier])) AS content
    FROM apart)
SELECT dataset, record_key, case_key,
       left(CASE WHEN is_alone THEN sha256(to_json([content, dataset, record_key])) ELSE content END, 32) AS node_id,
       left(content, 32) AS content_id,
       pnc_id, surname, forenames, date_of_birth, sex, postcode, identifier
FROM hashed
ORDER BY dataset, record_key;

CREATE OR REPLACE TABLE node AS
SELECT DISTINCT node_id, pnc_id, surname, forenames, date_of_birth, sex, postcode, identifier
FROM identity
ORDER BY node_id;
