-- What the held rows could do to each figure of each window: how many could touch it, and the lowest and highest that it
-- could come to if they were accepted.
-- Reads counted, value, review_window, metric_terms, and from bands.py band_terms, band_reach, held_record and held_reading.
-- Outer bounds: a held record brings at most itself and takes away at most its own older version; where records decide
-- about one another (band_terms.is_related) or lie in another dataset, each brings and takes away at most one record more.

-- The held records that could touch a metric: its own, unless the day that could be read is outside the window; others, all.
CREATE OR REPLACE TABLE touching AS
SELECT DISTINCT w.label AS window_label, r.metric_id, h.dataset, h.held_key, r.is_own,
       r.is_own AND EXISTS (FROM counted c WHERE c.window_label = w.label AND c.metric_id = r.metric_id
                                             AND c.record_key = h.held_key) AS is_counted_now
FROM band_reach r
JOIN held_record h ON h.dataset = r.dataset
CROSS JOIN review_window w
WHERE NOT r.is_own
   OR NOT EXISTS (FROM held_reading d WHERE d.dataset = h.dataset AND d.held_key = h.held_key AND d.happened_on IS NOT NULL)
   OR EXISTS (FROM held_reading d WHERE d.dataset = h.dataset AND d.held_key = h.held_key
                                    AND d.happened_on >= w.start_on AND d.happened_on < w.end_on);

CREATE OR REPLACE TABLE band_whole AS
WITH own_quantity AS (
    SELECT metric_id, held_key, CASE WHEN bool_and(quantity IS NOT NULL) THEN max(quantity) END AS quantity
    FROM held_reading GROUP BY ALL),
record AS (
    SELECT c.window_label, c.metric_id, c.record_key, min(c.subject) AS subject, coalesce(sum(c.quantity), 0) AS quantity,
           bool_or(t.held_key IS NOT NULL) AS is_held
    FROM counted c
    LEFT JOIN touching t ON t.window_label = c.window_label AND t.metric_id = c.metric_id AND t.is_own
                        AND t.held_key = c.record_key
    GROUP BY ALL),
touched AS (
    SELECT t.window_label, t.metric_id, count(*) AS held,
           count(*) FILTER (NOT t.is_own OR (b.is_related AND NOT t.is_counted_now)) AS takes,
           count(*) FILTER (NOT t.is_own OR b.is_related OR m.is_distinct) AS brings,
           count(*) FILTER (NOT b.is_one_each AND (NOT t.is_own OR b.is_related OR q.quantity IS NULL)) AS unbounded,
           sum(CASE WHEN NOT t.is_own OR b.is_related OR m.is_distinct THEN 0
                    ELSE greatest(0, CASE WHEN b.is_one_each THEN 1 ELSE q.quantity END - coalesce(r.quantity, 0)) END)
               AS own_brings
    FROM touching t
    JOIN band_terms b USING (metric_id)
    JOIN metric_terms m USING (metric_id)
    LEFT JOIN own_quantity q ON q.metric_id = t.metric_id AND q.held_key = t.held_key AND t.is_own
    LEFT JOIN record r ON r.window_label = t.window_label AND r.metric_id = t.metric_id AND r.record_key = t.held_key
                      AND t.is_own
    GROUP BY ALL),
left_over AS (
    SELECT window_label, metric_id, CASE WHEN m.is_distinct THEN subject ELSE record_key END AS unit,
           max(CASE WHEN m.is_distinct THEN 1 ELSE quantity END) AS quantity
    FROM record JOIN metric_terms m USING (metric_id)
    WHERE NOT is_held GROUP BY ALL),
lowest AS (
    SELECT window_label, metric_id, sum(quantity) AS low
    FROM (SELECT l.*, row_number() OVER (PARTITION BY window_label, metric_id ORDER BY quantity DESC, unit) AS place
          FROM left_over l)
    LEFT JOIN touched USING (window_label, metric_id)
    WHERE place > coalesce(takes, 0)
    GROUP BY ALL)
SELECT v.window_label, v.metric_id, coalesce(t.held, 0) AS held,
       CASE WHEN t.held IS NULL THEN v.numerator ELSE least(v.numerator, coalesce(l.low, 0)) END AS low,
       CASE WHEN t.held IS NULL THEN v.numerator
            WHEN t.unbounded > 0 THEN NULL
            ELSE v.numerator + t.brings + t.own_brings END AS high
FROM value v
LEFT JOIN touched t USING (window_label, metric_id)
LEFT JOIN lowest l USING (window_label, metric_id)
JOIN metric_terms m USING (metric_id)
WHERE v.dimension = '' AND m.numerator_id IS NULL;

-- A rate lies between its lowest numerator over its highest denominator and the other way about, within 0 to 100.
CREATE OR REPLACE TABLE band AS
SELECT window_label, metric_id, held, printed(low, divisor, decimals) AS lowest, printed(high, divisor, decimals) AS highest
FROM band_whole JOIN metric_terms USING (metric_id)
UNION ALL
SELECT n.window_label, t.metric_id, greatest(n.held, d.held) AS held,
       CASE WHEN d.high = 0 THEN NULL ELSE printed(100 * n.low, d.high, t.decimals) END,
       CASE WHEN d.high = 0 THEN NULL
            WHEN d.low = 0 THEN printed(100, 1, t.decimals)
            ELSE printed(least(100 * n.high, 100 * d.low), d.low, t.decimals) END
FROM metric_terms t
JOIN band_whole n ON n.metric_id = t.numerator_id
JOIN band_whole d ON d.metric_id = t.denominator_id AND d.window_label = n.window_label;
