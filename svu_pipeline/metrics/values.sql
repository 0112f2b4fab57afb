-- Values of every metric in every window, whole and by each of its breakdowns.
-- Reads contribution, review_window (label, start_on, end_on), metric_terms and metric_breakdown; makes counted and value.

CREATE OR REPLACE TABLE in_window AS
SELECT w.label AS window_label, c.*
FROM contribution c
JOIN review_window w ON c.happened_on >= w.start_on AND c.happened_on < w.end_on;

-- A person is broken down by the first contribution in the window of the metric that says so (counting.md, Linking).
CREATE OR REPLACE TABLE first_in_window AS
SELECT * FROM in_window
WHERE metric_id IN (SELECT first_of FROM metric_terms)
QUALIFY row_number() OVER (PARTITION BY window_label, metric_id, subject
                           ORDER BY happened_on, happened_at, record_key) = 1;

-- counted: the contributions that each figure counts, one row each, with the dimensions that the figure is broken down by.
CREATE OR REPLACE TABLE counted AS
SELECT c.window_label, c.metric_id, c.record_dataset, c.record_key, c.subject, c.happened_on, c.quantity, c.is_estimate,
       strftime(c.happened_on, '%Y-%m') AS "month",
       CASE WHEN t.first_of IS NULL THEN c.district ELSE f.district END AS district,
       CASE WHEN t.first_of IS NULL THEN c.unit ELSE f.unit END AS unit,
       CASE WHEN t.first_of IS NULL THEN c.operation ELSE f.operation END AS operation,
       CASE WHEN t.first_of IS NULL THEN c.sex ELSE f.sex END AS sex,
       CASE WHEN t.first_of IS NULL THEN c.age_band ELSE f.age_band END AS age_band,
       c.weapon_type, c.drug, c.drug_class, c.power, c.partner, c.closure
FROM in_window c
JOIN metric_terms t ON t.metric_id = c.metric_id
LEFT JOIN first_in_window f
       ON f.window_label = c.window_label AND f.metric_id = t.first_of AND f.subject = c.subject
WHERE t.age_from IS NULL OR f.age_years BETWEEN t.age_from AND t.age_to;

CREATE OR REPLACE TABLE struck AS
WITH cell AS (
    SELECT window_label, metric_id, '' AS dimension, '' AS code, subject, quantity, is_estimate FROM counted
    UNION ALL
    SELECT c.window_label, metric_id, b.dimension,
           coalesce(CASE b.dimension
               WHEN 'month' THEN c."month" WHEN 'district' THEN c.district WHEN 'unit' THEN c.unit
               WHEN 'operation' THEN c.operation WHEN 'sex' THEN c.sex WHEN 'age_band' THEN c.age_band
               WHEN 'weapon_type' THEN c.weapon_type WHEN 'drug' THEN c.drug WHEN 'drug_class' THEN c.drug_class
               WHEN 'power' THEN c.power WHEN 'partner' THEN c.partner WHEN 'closure' THEN c.closure END, 'UNKNOWN'),
           c.subject, c.quantity, c.is_estimate
    FROM counted c JOIN metric_breakdown b USING (metric_id)),
every AS (
    SELECT window_label, metric_id, dimension, code,
           count(DISTINCT subject) AS subjects, coalesce(sum(quantity), 0) AS total,
           bool_or(is_estimate) AS is_estimate, bool_or(quantity IS NULL) AS is_at_least, count(*) AS contributions,
           coalesce(max(quantity), 0) AS largest
    FROM cell GROUP BY ALL
    UNION ALL
    SELECT w.label, t.metric_id, '', '', 0, 0, false, false, 0, 0
    FROM review_window w CROSS JOIN metric_terms t
    WHERE t.numerator_id IS NULL
      AND NOT EXISTS (FROM counted c WHERE c.window_label = w.label AND c.metric_id = t.metric_id))
SELECT e.window_label, e.metric_id, e.dimension, e.code,
       CAST(CASE WHEN t.is_distinct THEN e.subjects ELSE e.total END AS BIGINT) AS numerator,
       CAST(t.divisor AS BIGINT) AS denominator,
       e.is_estimate, e.is_at_least, e.contributions,
       -- The largest record of a sum: where it is nearly all of it, the sum tells of that one (docs/disclosure.md).
       CAST(CASE WHEN NOT t.is_distinct THEN e.largest END AS BIGINT) AS largest
FROM every e JOIN metric_terms t USING (metric_id);

CREATE OR REPLACE TABLE value AS
WITH rate AS (
    SELECT d.window_label, t.metric_id, d.dimension, d.code,
           100 * coalesce(n.numerator, 0) AS numerator, d.numerator AS denominator,
           false AS is_estimate, false AS is_at_least, coalesce(n.contributions, 0) AS contributions
    FROM metric_terms t
    JOIN struck d ON d.metric_id = t.denominator_id
    LEFT JOIN struck n ON n.metric_id = t.numerator_id AND n.window_label = d.window_label
                      AND n.dimension = d.dimension AND n.code = d.code)
SELECT v.window_label, v.metric_id, v.dimension, v.code,
       CASE WHEN t.is_supplied THEN v.numerator END AS numerator,
       v.denominator,
       CASE WHEN t.is_supplied THEN printed(v.numerator, v.denominator, t.decimals) END AS printed,
       v.is_estimate, v.is_at_least, v.contributions, v.largest
FROM (FROM struck UNION ALL BY NAME FROM rate) v
JOIN metric_terms t USING (metric_id)
ORDER BY ALL;
