-- The custody contract in bare DuckDB: the text of the view `landed` to values, every rule, every reason of every row.
-- An ambiguous London time is the earlier instant; a time that the London clock never showed has none.
WITH plain AS (
    SELECT nullif(trim(COLUMNS(*)), '') FROM landed),
coded AS (
    SELECT * REPLACE (
        upper(sex) AS sex, upper(home_postcode) AS home_postcode, upper(arrest_reason) AS arrest_reason,
        upper(arresting_unit) AS arresting_unit, upper(district_code) AS district_code,
        upper(lead_offence_code) AS lead_offence_code, upper(record_status) AS record_status),
        regexp_extract(upper(pnc_id), '^(?:(\d{4})/(\d{7})|(\d{2})/(\d{1,7}))([A-Z])$',
                       ['year', 'serial', 'short_year', 'short_serial', 'letter']) AS pnc,
        CASE WHEN regexp_full_match(date_of_birth, '\d{4}-\d{2}-\d{2}')
             THEN try_cast(date_of_birth AS DATE) END AS born_on,
        CASE WHEN regexp_full_match(arrested_at, '\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}')
             THEN try_strptime(arrested_at, '%Y-%m-%d %H:%M:%S') END AS arrested_local,
        CASE WHEN regexp_full_match(updated_at, '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z')
             THEN try_strptime(updated_at, '%Y-%m-%dT%H:%M:%SZ') END AS updated_utc
    FROM plain),
cast_once AS (
    SELECT *, CAST(arrested_local AS DATE) AS arrested_on,
        timezone('UTC', timezone('Europe/London', arrested_local)) AS utc,
        CASE WHEN pnc.year <> '' THEN pnc.year
             WHEN pnc.short_year > '26' THEN '19' || pnc.short_year ELSE '20' || pnc.short_year END AS pnc_year,
        lpad(pnc.serial || pnc.short_serial, 7, '0') AS pnc_serial
    FROM coded),
checked AS (
    SELECT *,
        timezone('Europe/London', timezone('UTC', utc)) = arrested_local AS is_shown,
        timezone('Europe/London', timezone('UTC', utc - INTERVAL 1 HOUR)) = arrested_local AS is_shown_before,
        timezone('Europe/London', timezone('UTC', utc + INTERVAL 1 HOUR)) = arrested_local AS is_shown_after,
        CASE WHEN pnc.letter <> '' AND pnc.letter = 'ZABCDEFGHJKLMNPQRTUVWXY'[
                 CAST(pnc_year[3:4] || pnc_serial AS BIGINT) % 23 + 1]
             THEN pnc_year || '/' || pnc_serial || pnc.letter END AS pnc_canonical,
        datesub('month', born_on, arrested_on) AS age_months
    FROM cast_once),
judged AS (
    SELECT *, list_filter([
        CASE WHEN custody_ref IS NULL THEN 'custody_ref__missing_key' END,
        CASE WHEN NOT regexp_full_match(custody_ref, '42[A-Z]{2}/[0-9]{6}/[0-9]{2}')
             THEN 'custody_ref__bad_identifier' END,
        CASE WHEN surname IS NULL THEN 'surname__missing_required' END,
        CASE WHEN forenames IS NULL THEN 'forenames__missing_required' END,
        CASE WHEN arrested_at IS NULL THEN 'arrested_at__missing_required' END,
        CASE WHEN arrested_at IS NOT NULL AND arrested_local IS NULL THEN 'arrested_at__bad_date' END,
        CASE WHEN NOT is_shown THEN 'arrested_at__nonexistent_time' END,
        CASE WHEN arrest_reason IS NULL THEN 'arrest_reason__missing_required' END,
        CASE WHEN arresting_unit IS NULL THEN 'arresting_unit__missing_required' END,
        CASE WHEN lead_offence_code IS NULL THEN 'lead_offence_code__missing_required' END,
        CASE WHEN record_status IS NULL THEN 'record_status__missing_required' END,
        CASE WHEN updated_at IS NULL THEN 'updated_at__missing_required' END,
        CASE WHEN updated_at IS NOT NULL AND updated_utc IS NULL THEN 'updated_at__bad_date' END,
        CASE WHEN is_shown AND utc > updated_utc THEN 'arrested_at__impossible_date' END], lambda rule: rule IS NOT NULL) AS holds,
    list_filter([
        CASE WHEN pnc_id IS NOT NULL AND pnc_canonical IS NULL THEN 'pnc_id__bad_identifier' END,
        CASE WHEN date_of_birth IS NOT NULL AND born_on IS NULL THEN 'date_of_birth__bad_date' END,
        CASE WHEN age_months NOT BETWEEN 120 AND 1331 THEN 'date_of_birth__implausible_age' END,
        CASE WHEN is_shown AND (is_shown_before OR is_shown_after) THEN 'arrested_at__ambiguous_time' END,
        CASE WHEN sex NOT IN ('M', 'F', 'U') THEN 'sex__unknown_code' END,
        CASE WHEN arrest_reason NOT IN ('NEW_OFFENCE', 'WARRANT', 'BAIL_BREACH', 'RECALL', 'ANSWER_BAIL')
             THEN 'arrest_reason__unknown_code' END,
        CASE WHEN record_status NOT IN ('LIVE', 'CREATED_IN_ERROR') THEN 'record_status__unknown_code' END,
        CASE WHEN arresting_unit IN ('RAPTOR_NORTH', 'RAPTOR_SOUTH', 'RAPTOR_WEST', 'SVU_PPP', 'SVU_HQ')
                  AND arrested_on < DATE '2020-07-01' THEN 'arresting_unit__before_unit_launch' END,
        CASE WHEN district_code NOT IN (
                 'E07000066', 'E07000067', 'E07000068', 'E07000069', 'E07000070', 'E07000071', 'E07000072',
                 'E07000073', 'E07000074', 'E07000075', 'E07000076', 'E07000077', 'E06000033', 'E06000034')
             THEN 'district_code__out_of_area' END], lambda rule: rule IS NOT NULL) AS notes
    FROM checked)
SELECT custody_ref, pnc_canonical AS pnc_id, surname, forenames,
    CASE WHEN age_months BETWEEN 120 AND 1331 OR age_months IS NULL THEN born_on END AS date_of_birth,
    CASE WHEN sex IN ('M', 'F', 'U') THEN sex WHEN sex IS NOT NULL THEN 'UNKNOWN' END AS sex, sex AS sex_raw,
    home_postcode,
    CASE WHEN is_shown THEN CASE WHEN is_shown_before THEN utc - INTERVAL 1 HOUR ELSE utc END END AS arrested_at,
    CASE WHEN is_shown THEN arrested_on END AS arrested_on,
    CASE WHEN arrest_reason IN ('NEW_OFFENCE', 'WARRANT', 'BAIL_BREACH', 'RECALL', 'ANSWER_BAIL') THEN arrest_reason
         WHEN arrest_reason IS NOT NULL THEN 'UNKNOWN' END AS arrest_reason, arrest_reason AS arrest_reason_raw,
    arresting_unit, operation_ref, district_code, lead_offence_code,
    CASE WHEN record_status IN ('LIVE', 'CREATED_IN_ERROR') THEN record_status
         WHEN record_status IS NOT NULL THEN 'UNKNOWN' END AS record_status, record_status AS record_status_raw,
    transferred_from, updated_utc AS updated_at, len(holds) > 0 AS is_held, list_concat(holds, notes) AS reasons
FROM judged
