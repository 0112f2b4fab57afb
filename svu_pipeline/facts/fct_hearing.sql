-- Hearings with their effective custodial term, and the counted arrest that makes them the unit's result.
-- grain: hearing_id
-- rows: hearing
-- columns:
--   hearing_id         Hearing [indirect]
--   urn                Case [indirect]
--   person_id          Defendant, keyed id [indirect]
--   court              Court
--   hearing_on         Day of the hearing
--   is_custodial       Whether it has a determinate custodial or an indeterminate result
--   is_replaced        Whether a later custodial hearing of the person on the case replaces it
--   indeterminate_count Results that are life or otherwise indeterminate
--   term_day_48ths     Effective custodial term in 48ths of a day [indirect]
--   is_drug_supply     Whether such a result is for an offence of drug supply
--   arrest_ref         First counted arrest of the person with a live charge on the case, else empty [indirect]
--   unit_code          Unit of that arrest
--   district_code      District of that arrest, ONS code
--   operation_ref      Operation of that arrest
--   sex                Sex [indirect]
--   age_years          Age at the hearing, completed years [indirect]
--   is_counted         Whether the hearing counts towards prison years

-- Results without a qualifier or with C run together: the longest counts; each F adds to it (counting.md, term, 3).
WITH term AS (
    SELECT hearing_id,
           count(*) FILTER (treatment IN ('determinate', 'indeterminate')) > 0 AS is_custodial,
           count(*) FILTER (treatment = 'indeterminate') AS indeterminate_count,
           coalesce(max(term_day_48ths) FILTER (qualifier IS DISTINCT FROM 'F'), 0)
               + coalesce(sum(term_day_48ths) FILTER (qualifier = 'F'), 0) AS term_day_48ths,
           count(*) FILTER (treatment IN ('determinate', 'indeterminate') AND offence_group = 'DRUG_SUPPLY') > 0
               AS is_drug_supply
    FROM fct_sentence GROUP BY hearing_id),
unit_case AS (
    SELECT c.urn, c.person_id, a.arrest_ref, a.unit_code, a.district_code, a.operation_ref, a.sex
    FROM fct_charge c JOIN fct_custody_arrest a USING (arrest_ref)
    WHERE c.is_live AND c.is_counted_arrest
    QUALIFY row_number() OVER (PARTITION BY c.urn, c.person_id ORDER BY a.arrested_at, a.arrest_ref) = 1),
named AS (
    SELECT h.*, p.person_id, age_on(p.date_of_birth, h.hearing_date) AS age_years, coalesce(t.is_custodial, false) AS is_custodial,
           coalesce(t.indeterminate_count, 0) AS indeterminate_count,
           CAST(coalesce(t.term_day_48ths, 0) AS BIGINT) AS term_day_48ths,
           coalesce(t.is_drug_supply, false) AS is_drug_supply
    FROM hearing h
    LEFT JOIN person_record p ON p.dataset = 'hearing' AND p.record_key = h.hearing_id
    LEFT JOIN term t ON t.hearing_id = h.hearing_id)
SELECT n.hearing_id,
       n.urn,
       n.person_id,
       n.court,
       n.hearing_date AS hearing_on,
       n.is_custodial,
       n.is_custodial AND row_number() OVER (PARTITION BY n.urn, n.person_id, n.is_custodial
           ORDER BY n.hearing_date DESC, n.updated_at DESC, n.hearing_id DESC) > 1 AS is_replaced,
       n.indeterminate_count,
       n.term_day_48ths,
       n.is_drug_supply,
       u.arrest_ref,
       u.unit_code,
       u.district_code,
       u.operation_ref,
       u.sex,
       n.age_years,
       n.is_drug_supply AND u.arrest_ref IS NOT NULL AND row_number() OVER (
           PARTITION BY n.urn, n.person_id, n.is_custodial
           ORDER BY n.hearing_date DESC, n.updated_at DESC, n.hearing_id DESC) = 1 AS is_counted
FROM named n
LEFT JOIN unit_case u ON u.urn = n.urn AND u.person_id = n.person_id
