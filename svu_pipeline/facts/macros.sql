-- Arithmetic on calendar days that several facts share.

-- Completed calendar months between two days; born 29 February, a year is complete on 1 March.
CREATE OR REPLACE MACRO completed_months(earlier, later) AS
    (year(later) - year(earlier)) * 12 + month(later) - month(earlier) - CAST(day(later) < day(earlier) AS INTEGER);

-- Age in completed years; a date of birth after the day is not known.
CREATE OR REPLACE MACRO age_on(date_of_birth, on_day) AS
    CASE WHEN date_of_birth <= on_day THEN completed_months(date_of_birth, on_day) // 12 END;
