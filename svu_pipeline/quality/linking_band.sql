-- linking_band: between what each figure lies as the linking threshold goes from .80 to .99, what it is at each threshold,
-- and by how much the last linking alone has moved it; all as printed.
-- Reads value, metric_terms, and from linking_band.py linking_metric, linking_figure and linking_reading: which reading's
-- figures each reading has (`person_id`, the headline's, where both say the same of who is who).

CREATE OR REPLACE TABLE linking_band AS
WITH headline AS (
    SELECT v.window_label, v.metric_id, t.decimals,
           CASE WHEN v.printed IS NOT NULL THEN rounded(v.numerator, v.denominator, t.decimals) END AS digits
    FROM value v
    JOIN metric_terms t USING (metric_id)
    JOIN linking_metric USING (metric_id)
    WHERE v.dimension = ''),
reading AS (
    SELECT window_label, metric_id, decimals, 'at_95' AS name, digits, digits AS now FROM headline
    UNION ALL
    SELECT h.window_label, h.metric_id, h.decimals, r.reading,
           CASE WHEN h.digits IS NULL OR r.read_as = 'person_id' THEN h.digits ELSE f.digits END, h.digits
    FROM headline h
    CROSS JOIN linking_reading r
    LEFT JOIN linking_figure f
           ON f.reading = r.read_as AND f.window_label = h.window_label AND f.metric_id = h.metric_id),
said AS (
    SELECT window_label, metric_id, decimals, unnest(['lowest', 'highest']) AS name,
           unnest([min(digits), max(digits)]) AS digits
    FROM reading WHERE name <> 'before' GROUP BY window_label, metric_id, decimals
    UNION ALL
    SELECT window_label, metric_id, decimals, CASE WHEN name = 'before' THEN 'moved' ELSE name END,
           CASE WHEN name = 'before' THEN now - digits ELSE digits END
    FROM reading),
written AS (
    SELECT window_label, metric_id, name, printed(digits, CAST(10 ** decimals AS BIGINT), decimals) AS printed FROM said)
SELECT window_label, metric_id,
       any_value(printed) FILTER (name = 'lowest') AS lowest, any_value(printed) FILTER (name = 'highest') AS highest,
       any_value(printed) FILTER (name = 'at_80') AS at_80, any_value(printed) FILTER (name = 'at_90') AS at_90,
       any_value(printed) FILTER (name = 'at_95') AS at_95, any_value(printed) FILTER (name = 'at_99') AS at_99,
       any_value(printed) FILTER (name = 'moved') AS moved
FROM written GROUP BY window_label, metric_id
ORDER BY ALL;
