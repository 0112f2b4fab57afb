-- The tables that the rounds of merging work on, with nodes as numbers in the order of their ids. Reads cluster_node,
-- link_edge and cannot_link.

-- cluster_point: the cluster of each node, which goes by the number of one of its nodes, and the PNC id that it holds.
CREATE OR REPLACE TEMP TABLE cluster_point AS
SELECT node_id, number, number AS cluster,
       CASE WHEN pnc_id IS NOT NULL THEN min(number) OVER (PARTITION BY pnc_id) END AS pnc
FROM (SELECT node_id, pnc_id, row_number() OVER (ORDER BY node_id)::INTEGER AS number FROM cluster_node);

-- cluster_apart: the clusters that a cluster must not become one with; each pair both ways round.
CREATE OR REPLACE TEMP TABLE cluster_apart AS
WITH pair AS (
    SELECT a.number AS l, b.number AS r
    FROM cannot_link c JOIN cluster_point a ON a.node_id = c.node_l JOIN cluster_point b ON b.node_id = c.node_r
    WHERE a.number <> b.number)
SELECT l AS cluster, r AS other FROM pair UNION SELECT r, l FROM pair;

-- cluster_line: one edge for two nodes, l < r, the strongest; place 1 is the strongest of all, equals go by node ids.
CREATE OR REPLACE TEMP TABLE cluster_line AS
WITH strongest AS (
    SELECT least(a.number, b.number) AS l, greatest(a.number, b.number) AS r, max(e.weight) AS weight
    FROM link_edge e JOIN cluster_point a ON a.node_id = e.node_l JOIN cluster_point b ON b.node_id = e.node_r
    WHERE e.weight >= $lowest AND a.number <> b.number
    GROUP BY ALL)
SELECT l, r, weight, row_number() OVER (ORDER BY weight DESC, l, r)::INTEGER AS place FROM strongest;
