-- settled_event: the contributions whose event is after the first delivery of their dataset and old enough to be final,
-- with the days from the event to the delivery that first had the record. Reads contribution, first_known and settled_by.
-- The name of a batch begins with its instant: YYYYMMDD.

CREATE OR REPLACE TABLE settled_event AS
WITH heard AS (
    SELECT *, strptime(batch[1:8], '%Y%m%d')::DATE AS known_on, strptime(first_batch[1:8], '%Y%m%d')::DATE AS heard_from
    FROM first_known)
SELECT c.metric_id, c.record_key, h.known_on - c.happened_on AS lag
FROM contribution c
JOIN heard h USING (record_dataset, record_key)
JOIN settled_by s ON c.happened_on <= s.day
WHERE c.happened_on >= h.heard_from;
