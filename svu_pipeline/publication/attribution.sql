-- By what the records behind each figure are credited to the unit. Reads counted, review_window and fct_unit_attribution.

-- A record counts once in a figure, also where it brings several contributions; a figure whose records have no unit (public
-- context, operations) has none.
CREATE OR REPLACE TABLE credited AS
SELECT DISTINCT c.window_label, c.metric_id, c.record_dataset AS dataset, c.record_key, a.is_agreed, a.evidence_for
FROM counted c
JOIN fct_unit_attribution a ON a.dataset = c.record_dataset AND a.record_key = c.record_key;

CREATE OR REPLACE VIEW credit_share AS
SELECT window_label, metric_id, dataset,
       CASE WHEN is_agreed THEN 'corroborated'
            WHEN NOT is_agreed THEN 'disputed'
            WHEN evidence_for IS NULL THEN 'alone'
            ELSE 'divided' END AS credit,
       CASE WHEN is_agreed THEN evidence_for END AS evidence,
       count(*) AS records
FROM credited GROUP BY ALL;

CREATE OR REPLACE VIEW disputed AS
SELECT w.label AS window_label, a.*
FROM fct_unit_attribution a
JOIN review_window w ON a.happened_on >= w.start_on AND a.happened_on < w.end_on
WHERE NOT a.is_agreed;

CREATE OR REPLACE VIEW disputed_record AS
SELECT d.window_label, d.dataset, d.record_key, d.happened_on, d.unit_code, d.is_unit_work, d.opinion,
       coalesce(d.evidence_for, d.evidence_against) AS evidence, d.witness, coalesce(c.figures, []) AS figures
FROM disputed d
LEFT JOIN (SELECT window_label, dataset, record_key, list_sort(list(metric_id)) AS figures FROM credited GROUP BY ALL) c
    USING (window_label, dataset, record_key);
