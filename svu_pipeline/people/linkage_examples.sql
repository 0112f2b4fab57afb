-- A few pairs whose evidence shows how the model weighs: chosen by weight alone, equal ones by the ids of their nodes.
-- Reads judged_pair and pair; makes example. $cut is the threshold in bits.

CREATE OR REPLACE TEMP TABLE example AS
WITH linked AS (
    SELECT *, row_number() OVER (ORDER BY match_weight, node_l, node_r) AS nth, count(*) OVER () AS of
    FROM judged_pair WHERE match_weight >= $cut AND NOT is_twin AND pnc <> 'different')
SELECT 1 AS place, 'middle' AS kind, node_l, node_r FROM linked WHERE nth = (of + 1) // 2
UNION ALL
SELECT 2, 'last', node_l, node_r FROM linked WHERE nth = 1
UNION ALL
(SELECT 3, 'short', node_l, node_r FROM judged_pair WHERE match_weight < $cut AND NOT is_twin
 ORDER BY match_weight DESC, node_l, node_r LIMIT 1)
UNION ALL
(SELECT 4, 'twins', node_l, node_r FROM judged_pair WHERE is_twin ORDER BY match_weight DESC, node_l, node_r LIMIT 1);
