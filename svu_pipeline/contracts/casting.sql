-- Macros that turn trimmed source text into values; NULL where the text is not of the form.
-- Each is strict: the form of sources.md and no other. No function here guesses.
-- An argument is written out wherever the body names it, and worked out there again: what costs much is cast in two steps
-- (casting.py), the second of which is handed what the first made.

-- Blanks are the ASCII ones, the no-break space, the zero-width space and the byte order mark.
-- Most text begins and ends with a visible ASCII character and needs no trimming, which costs four times as much.
SET VARIABLE blanks = ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279);
CREATE OR REPLACE MACRO plain(r) AS
    CASE WHEN r BETWEEN '!' AND '~' AND r[-1] BETWEEN '!' AND '~' THEN r
         ELSE nullif(trim(r, getvariable('blanks')), '') END;

-- References are compared in composed letters (NFC) and without characters that cannot be seen (controls, zero width,
-- direction). A number in a spreadsheet's or a float's notation has lost the digits that made it a reference.
CREATE OR REPLACE MACRO is_mangled(r) AS
    CASE WHEN contains(r, '.') OR contains(r, '+')
         THEN regexp_full_match(r, '\d(\.\d+)?[eE]\+\d{1,3}|\d\.\d+[eE]\d{1,3}|\d{16,}\.\d*') ELSE false END;
CREATE OR REPLACE MACRO as_reference(r) AS
    CASE WHEN is_mangled(r) THEN NULL
         WHEN regexp_full_match(r, '[ -~]*') THEN r
         ELSE nullif(nfc_normalize(regexp_replace(r, '[\p{Cc}\p{Cf}]', '', 'g')), '') END;
CREATE OR REPLACE MACRO is_no_key(r) AS r IS NULL OR upper(r) IN ('TBC', 'UNKNOWN', '0');
CREATE OR REPLACE MACRO as_key(r) AS CASE WHEN NOT is_no_key(r) THEN as_reference(r) END;

-- The calendar has no year 0, and the day no hour 24: what DuckDB would take for one is no date, no time.
CREATE OR REPLACE MACRO as_instant(r) AS
    CASE WHEN NOT starts_with(r, '0000')
              AND regexp_full_match(r, '\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}:\d{2}Z')
         THEN try_cast(r AS TIMESTAMP) END;

CREATE OR REPLACE MACRO as_day(r) AS
    CASE WHEN NOT starts_with(r, '0000') AND regexp_full_match(r, '\d{4}-\d{2}-\d{2}') THEN try_cast(r AS DATE) END;

-- A register's real date arrives as DD/MM/YYYY, with seconds where the cell had a time of day.
CREATE OR REPLACE MACRO as_register_day(r) AS
    CASE WHEN r[7:10] <> '0000' AND regexp_full_match(r, '\d{2}/\d{2}/\d{4}( \d{2}:\d{2}:\d{2})?')
              AND (length(r) = 10 OR try_strptime(r, '%d/%m/%Y %H:%M:%S') IS NOT NULL)
         THEN CAST(try_strptime(r[1:10], '%d/%m/%Y') AS DATE) END;

CREATE OR REPLACE MACRO local_time(r) AS
    CASE WHEN NOT starts_with(r, '0000')
              AND regexp_full_match(r, '\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):\d{2}:\d{2}')
         THEN try_cast(r AS TIMESTAMP) END;

CREATE OR REPLACE MACRO local_minute(r) AS
    CASE WHEN r[7:10] <> '0000' AND regexp_full_match(r, '\d{2}/\d{2}/\d{4} \d{2}:\d{2}')
         THEN try_strptime(r, '%d/%m/%Y %H:%M') END;

-- London is at UTC or one hour ahead of it: a wall time is real when one of the two readings shows it, and ambiguous
-- when both do; the earlier instant (fold 0, summer time) is then taken. Each reading is tried once: the time zone
-- database is most of what a cast costs.
CREATE OR REPLACE MACRO shows(u, l) AS timezone('Europe/London', make_timestamptz(epoch_us(u))) = l;
CREATE OR REPLACE MACRO london_to_utc(l) AS
    CASE WHEN shows(l - INTERVAL 1 HOUR, l) THEN l - INTERVAL 1 HOUR WHEN shows(l, l) THEN l END;
CREATE OR REPLACE MACRO is_ambiguous(u, l) AS CASE WHEN u < l THEN shows(l, l) ELSE false END;

-- Nought has no sign: what writes -0 has rounded something away.
CREATE OR REPLACE MACRO is_minus_nought(r) AS contains(r, '-') AND NOT regexp_matches(r, '[1-9]');
CREATE OR REPLACE MACRO as_whole(r) AS
    CASE WHEN regexp_full_match(r, '[+-]?\d{1,17}') AND NOT is_minus_nought(r) THEN CAST(r AS BIGINT) END;

CREATE OR REPLACE MACRO as_millionths(r) AS
    CASE WHEN regexp_full_match(r, '[+-]?\d{1,11}(\.\d{1,9})?') AND NOT is_minus_nought(r)
         THEN CAST(round(CAST(r AS DECIMAL(20, 9)) * 1000000) AS BIGINT) END;

-- A workbook keeps numbers in binary: what lies within a hundredth of a penny of whole pence is whole pence.
CREATE OR REPLACE MACRO pounds(r) AS
    CASE WHEN regexp_full_match(r, '-?£?\s?-?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d+)?') AND NOT is_minus_nought(r)
         THEN try_cast(regexp_replace(r, '[£,\s]', '', 'g') AS DECIMAL(24, 10)) END;
CREATE OR REPLACE MACRO whole_pence(p) AS
    CASE WHEN abs(p * 100 - round(p * 100)) < 0.0001 THEN CAST(round(p * 100) AS BIGINT) END;

CREATE OR REPLACE MACRO as_yes_no(r) AS CASE lower(r) WHEN 'true' THEN true WHEN 'false' THEN false END;

-- PNC id: YYYY/NNNNNNNX, or short YY/N…X; the check letter is the 23-letter alphabet at n mod 23, n being the two-digit
-- year followed by the serial padded to seven. Short years above 26 are 19xx: a fixed pivot, not today's date.
CREATE OR REPLACE MACRO pnc_parts(r) AS
    regexp_extract(upper(r), '^(?:(\d{4})/(\d{7})|(\d{2})/(\d{1,7}))([A-Z])$', ['y4', 's7', 'y2', 's', 'letter']);
CREATE OR REPLACE MACRO pnc_year(p) AS
    CASE WHEN p.y4 <> '' THEN p.y4 WHEN CAST(p.y2 AS INTEGER) > 26 THEN '19' || p.y2 ELSE '20' || p.y2 END;
CREATE OR REPLACE MACRO pnc_serial(p) AS lpad(p.s7 || p.s, 7, '0');
CREATE OR REPLACE MACRO pnc_checked(p) AS
    CASE WHEN p.letter <> ''
              AND 'ZABCDEFGHJKLMNPQRTUVWXY'[CAST(right(p.y4 || p.y2, 2) || pnc_serial(p) AS BIGINT) % 23 + 1] = p.letter
         THEN pnc_year(p) || '/' || pnc_serial(p) || p.letter END;
