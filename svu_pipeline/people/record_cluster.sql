-- record_cluster: the cluster of each record at the headline's threshold and, under a label of its own, at each other one.
-- Reads identity and the clusters at .80, .90, .95 and .99.

CREATE OR REPLACE TABLE record_cluster AS
SELECT i.dataset, i.record_key, i.content_id, c95.cluster,
       min(i.dataset || ':' || i.record_key) OVER (PARTITION BY c80.cluster) AS at_80,
       min(i.dataset || ':' || i.record_key) OVER (PARTITION BY c90.cluster) AS at_90,
       min(i.dataset || ':' || i.record_key) OVER (PARTITION BY c99.cluster) AS at_99
FROM identity i
JOIN cluster_95 c95 USING (node_id)
JOIN cluster_80 c80 USING (node_id)
JOIN cluster_90 c90 USING (node_id)
JOIN cluster_99 c99 USING (node_id)
ORDER BY dataset, record_key;
