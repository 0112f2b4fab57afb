-- estimate: by how much each scenario would change the figures that count people, as far as the records that are counted now
-- tell; where no record of its people is counted, `touched` is 0.
-- Reads scenario, scenario_person, scenario_node, scenario_cluster, person_record, identity, counted and worth_metric.

-- Who each record of a scenario's people would be about.
CREATE OR REPLACE TABLE scenario_record AS
SELECT n.scenario, i.dataset, i.record_key, c.cluster AS label
FROM scenario_node n
JOIN scenario_cluster c ON c.node_id = n.name
JOIN identity i ON i.node_id = n.node_id;

CREATE OR REPLACE TABLE estimate AS
WITH change AS (
    SELECT r.scenario, c.window_label, c.metric_id, w.worth,
           abs(count(DISTINCT r.label) - count(DISTINCT c.subject)) AS change, count(*) AS records
    FROM scenario_record r
    JOIN counted c ON c.record_dataset = r.dataset AND c.record_key = r.record_key
    JOIN worth_metric w USING (metric_id)
    GROUP BY ALL),
greatest_change AS (
    SELECT scenario, metric_id, worth, max(change) FILTER (is_people) AS change, sum(records) AS records
    FROM change JOIN (SELECT metric_id, is_people FROM worth_metric) USING (metric_id) GROUP BY ALL)
SELECT s.scenario, coalesce(sum(g.worth * g.change), 0) AS worth, coalesce(sum(g.records), 0) AS touched
FROM scenario s LEFT JOIN greatest_change g USING (scenario)
GROUP BY s.scenario;
