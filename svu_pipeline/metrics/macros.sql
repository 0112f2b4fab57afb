-- The one rounding of the pipeline (rounding.py is the same rule in Python, proven equal), and the bands of age.

-- The exact ratio n/d rounded once, half away from zero, and written with so many decimals. Whole numbers only.
CREATE OR REPLACE MACRO rounded(n, d, decimals) AS
    sign(n) * ((2 * abs(CAST(n AS HUGEINT)) * CAST(10 ** decimals AS BIGINT) + d) // (2 * CAST(d AS HUGEINT)));
CREATE OR REPLACE MACRO printed(n, d, decimals) AS
    CASE WHEN d = 0 OR n IS NULL THEN NULL
         WHEN decimals = 0 THEN CAST(CAST(rounded(n, d, 0) AS HUGEINT) AS TEXT)
         ELSE CASE WHEN rounded(n, d, decimals) < 0 THEN '-' ELSE '' END
              || CAST(CAST(abs(rounded(n, d, decimals)) AS HUGEINT) // CAST(10 ** decimals AS BIGINT) AS TEXT) || '.'
              || lpad(CAST(CAST(abs(rounded(n, d, decimals)) AS HUGEINT) % CAST(10 ** decimals AS BIGINT) AS TEXT), decimals, '0')
         END;

CREATE OR REPLACE MACRO age_band(age) AS
    CASE WHEN age BETWEEN 10 AND 13 THEN '10–13' WHEN age BETWEEN 14 AND 17 THEN '14–17'
         WHEN age BETWEEN 18 AND 24 THEN '18–24' WHEN age BETWEEN 25 AND 34 THEN '25–34'
         WHEN age BETWEEN 35 AND 49 THEN '35–49' WHEN age >= 50 THEN '50+'
         WHEN age < 10 THEN 'under 10' END;
