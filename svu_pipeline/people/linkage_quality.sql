-- How good the linking is, in counts. Reads node, pair and scored; makes judged_pair and pnc_pair.

-- Every compared pair with its weight and what the PNC ids of its nodes say of it.
CREATE OR REPLACE TEMP TABLE judged_pair AS
SELECT s.node_l, s.node_r, s.match_weight, p.match_key, p.is_twin,
       CASE WHEN l.pnc_id = r.pnc_id THEN 'same' WHEN l.pnc_id <> r.pnc_id THEN 'different' ELSE 'unknown' END AS pnc
FROM scored s
JOIN pair p USING (node_l, node_r)
JOIN node l ON l.node_id = s.node_l
JOIN node r ON r.node_id = s.node_r;

-- Pairs of identities that a PNC id joins: people that are known without the model, by which it can be measured.
CREATE OR REPLACE TEMP TABLE pnc_pair AS
SELECT l.node_id AS node_l, r.node_id AS node_r, j.match_weight, j.is_twin
FROM node l JOIN node r ON l.pnc_id = r.pnc_id AND l.node_id < r.node_id
LEFT JOIN judged_pair j ON j.node_l = l.node_id AND j.node_r = r.node_id;
