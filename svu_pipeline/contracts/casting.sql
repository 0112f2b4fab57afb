-- Macros that turn trimmed source text into values; NULL where the text is not of the form.
-- Each is strict: the form of sources.md and no other. No function here guesses.

-- Blanks are the ASCII ones, the no-break space, the zero-width space and the byte order mark.
-- Most text begins and ends with a visible ASCII character and needs no trimming, which costs four times as much.
CREATE OR REPLACE MACRO is_bare(r) AS unicode(r) BETWEEN 33 AND 126 AND unicode(right(r, 1)) BETWEEN 33 AND 126;
CREATE OR REPLACE MACRO plain(r) AS
    CASE WHEN is_bare(r) THEN r
         ELSE nullif(trim(r, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)), '') END;

-- The calendar has no year 0: what DuckDB would take for one is no date.
CREATE OR REPLACE MACRO as_instant(r) AS
    CASE WHEN r[1:4] <> '0000' AND regexp_full_match(r, '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z')
         THEN try_strptime(r, '%Y-%m-%dT%H:%M:%SZ') END;

CREATE OR REPLACE MACRO as_day(r) AS
    CASE WHEN r[1:4] <> '0000' AND regexp_full_match(r, '\d{4}-\d{2}-\d{2}') THEN try_cast(r AS DATE) END;

-- A register's real date arrives as DD/MM/YYYY, with seconds where the cell had a time of day.
CREATE OR REPLACE MACRO as_register_day(r) AS
    CASE WHEN r[7:10] <> '0000' AND regexp_full_match(r, '\d{2}/\d{2}/\d{4}( \d{2}:\d{2}:\d{2})?')
              AND (length(r) = 10 OR try_strptime(r, '%d/%m/%Y %H:%M:%S') IS NOT NULL)
         THEN CAST(try_strptime(r[1:10], '%d/%m/%Y') AS DATE) END;

CREATE OR REPLACE MACRO local_time(r) AS
    CASE WHEN r[1:4] <> '0000' AND regexp_full_match(r, '\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}')
         THEN try_strptime(r, '%Y-%m-%d %H:%M:%S') END;

CREATE OR REPLACE MACRO local_minute(r) AS
    CASE WHEN r[7:10] <> '0000' AND regexp_full_match(r, '\d{2}/\d{2}/\d{4} \d{2}:\d{2}')
         THEN try_strptime(r, '%d/%m/%Y %H:%M') END;

-- London is at UTC or one hour ahead of it: a wall time is real when one of the two readings shows it, and ambiguous
-- when both do; the earlier instant (fold 0, summer time) is then taken.
CREATE OR REPLACE MACRO shows(u, l) AS timezone('Europe/London', timezone('UTC', u)) = l;
CREATE OR REPLACE MACRO london_to_utc(l) AS
    CASE WHEN shows(l - INTERVAL 1 HOUR, l) THEN l - INTERVAL 1 HOUR WHEN shows(l, l) THEN l END;
CREATE OR REPLACE MACRO is_ambiguous(l) AS shows(l - INTERVAL 1 HOUR, l) AND shows(l, l);

CREATE OR REPLACE MACRO as_whole(r) AS CASE WHEN regexp_full_match(r, '[+-]?\d{1,17}') THEN CAST(r AS BIGINT) END;

CREATE OR REPLACE MACRO as_millionths(r) AS
    CASE WHEN regexp_full_match(r, '[+-]?\d{1,11}(\.\d{1,9})?')
         THEN CAST(round(CAST(r AS DECIMAL(20, 9)) * 1000000) AS BIGINT) END;

-- A workbook keeps numbers in binary: what lies within a hundredth of a penny of whole pence is whole pence.
CREATE OR REPLACE MACRO pounds(r) AS
    CASE WHEN regexp_full_match(r, '-?£?\s?-?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d+)?')
         THEN try_cast(regexp_replace(r, '[£,\s]', '', 'g') AS DECIMAL(24, 10)) END;
CREATE OR REPLACE MACRO as_pence(r) AS
    CASE WHEN abs(pounds(r) * 100 - round(pounds(r) * 100)) < 0.0001
         THEN CAST(round(pounds(r) * 100) AS BIGINT) END;

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
              AND 'ZABCDEFGHJKLMNPQRTUVWXY'[CAST((pnc_year(p)[3:4] || pnc_serial(p)) AS BIGINT) % 23 + 1] = p.letter
         THEN pnc_year(p) || '/' || pnc_serial(p) || p.letter END;
CREATE OR REPLACE MACRO as_pnc_id(r) AS pnc_checked(pnc_parts(r));
