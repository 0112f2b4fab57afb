-- The whole figure of each window in one reading of who is who, of every metric that hangs on it: rows for linking_figure.
-- Reads linking_contribution (of that reading) and linking_metric, both from linking_band.py, review_window and metric_terms.
-- What is counted, and how, is as in values.sql; breakdowns are left out, for no band is stated of them.
-- `digits` is the figure as printed, a whole number of its last printed place.

INSERT INTO linking_figure
WITH terms AS (
    SELECT *, CASE WHEN age_from IS NOT NULL THEN first_of END AS age_of FROM metric_terms),
in_window AS (
    SELECT w.label AS window_label, c.*
    FROM linking_contribution c
    JOIN review_window w ON c.happened_on >= w.start_on AND c.happened_on < w.end_on),
first_in_window AS (
    SELECT window_label, metric_id, subject, age_years FROM in_window
    WHERE metric_id IN (SELECT age_of FROM terms)
    QUALIFY row_number() OVER (PARTITION BY window_label, metric_id, subject
                               ORDER BY happened_on, happened_at, record_key) = 1),
whole AS (
    SELECT c.window_label, c.metric_id,
           CASE WHEN t.is_distinct THEN count(DISTINCT c.subject) ELSE coalesce(sum(c.quantity), 0) END AS numerator
    FROM in_window c
    JOIN terms t USING (metric_id)
    LEFT JOIN first_in_window f
           ON f.window_label = c.window_label AND f.metric_id = t.age_of AND f.subject = c.subject
    WHERE t.age_from IS NULL OR f.age_years BETWEEN t.age_from AND t.age_to
    GROUP BY c.window_label, c.metric_id, t.is_distinct),
figure AS (
    SELECT w.label AS window_label, t.metric_id, coalesce(whole.numerator, 0) AS numerator, t.divisor AS denominator,
           t.decimals
    FROM review_window w
    CROSS JOIN metric_terms t
    JOIN linking_metric m USING (metric_id)
    LEFT JOIN whole ON whole.window_label = w.label AND whole.metric_id = t.metric_id
    WHERE t.numerator_id IS NULL
    UNION ALL
    SELECT w.label, t.metric_id, 100 * coalesce(n.numerator, 0), coalesce(d.numerator, 0), t.decimals
    FROM review_window w
    CROSS JOIN metric_terms t
    JOIN linking_metric m USING (metric_id)
    LEFT JOIN whole n ON n.window_label = w.label AND n.metric_id = t.numerator_id
    LEFT JOIN whole d ON d.window_label = w.label AND d.metric_id = t.denominator_id
    WHERE t.numerator_id IS NOT NULL)
SELECT $reading, window_label, metric_id,
       CASE WHEN denominator = 0 THEN NULL ELSE CAST(rounded(numerator, denominator, decimals) AS HUGEINT) END AS digits
FROM figure;
