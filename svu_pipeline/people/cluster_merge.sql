-- What follows from cluster_hook, whose rows lead to the end by now: the clusters and their PNC ids, and who is apart.

CREATE OR REPLACE TEMP TABLE cluster_point AS
WITH gained AS (SELECT root, max(pnc) AS pnc FROM cluster_hook GROUP BY root)
SELECT n.node_id, n.number, coalesce(h.root, n.cluster) AS cluster, coalesce(n.pnc, g.pnc) AS pnc
FROM cluster_point n
LEFT JOIN cluster_hook h USING (cluster)
LEFT JOIN gained g ON g.root = coalesce(h.root, n.cluster);

CREATE OR REPLACE TEMP TABLE cluster_apart AS
SELECT DISTINCT a.cluster, b.cluster AS other
FROM cluster_apart x JOIN cluster_point a ON a.number = x.cluster JOIN cluster_point b ON b.number = x.other;
