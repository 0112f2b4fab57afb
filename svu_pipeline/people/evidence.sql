-- What one person is made of, what joins their nodes at the threshold, and what was kept apart from them.
-- Reads asked (person, cut in bits), person_record, identity, node, scored and what edges.sql makes; makes own_record, own_edge and kept_apart.

CREATE OR REPLACE TEMP TABLE named_node AS
SELECT node_id, arg_min({'dataset': dataset, 'record_key': record_key}, dataset || ':' || record_key) AS record
FROM identity GROUP BY node_id;

CREATE OR REPLACE TEMP TABLE own_record AS
SELECT i.dataset, i.record_key, i.node_id, dense_rank() OVER (ORDER BY n.record.dataset, n.record.record_key) AS details
FROM identity i JOIN person_record p USING (dataset, record_key) JOIN named_node n USING (node_id)
WHERE p.person_id = (SELECT person FROM asked);

CREATE OR REPLACE TEMP TABLE own_node AS SELECT DISTINCT node_id FROM own_record;

CREATE OR REPLACE TEMP TABLE own_edge AS
SELECT e.node_l, e.node_r, max(e.weight) AS weight
FROM link_edge e SEMI JOIN own_node l ON l.node_id = e.node_l SEMI JOIN own_node r ON r.node_id = e.node_r
WHERE e.weight >= (SELECT cut FROM asked)
GROUP BY e.node_l, e.node_r;

CREATE OR REPLACE TEMP TABLE kept_apart AS
WITH met AS (
    SELECT node_l, node_r FROM scored WHERE match_weight >= 0
    UNION
    SELECT node_l, node_r FROM cannot_link),
outside AS (
    SELECT m.node_l, m.node_r, o.node_id IS NOT NULL AS is_mine_l
    FROM met m LEFT JOIN own_node o ON o.node_id = m.node_l LEFT JOIN own_node p ON p.node_id = m.node_r
    WHERE (o.node_id IS NULL) <> (p.node_id IS NULL)),
judged AS (
    SELECT o.node_l, o.node_r, s.match_weight,
           CASE WHEN EXISTS (FROM decided d WHERE d.kind = 'not_same' AND d.node_l = o.node_l AND d.node_r = o.node_r)
                    THEN 'decision'
                WHEN EXISTS (FROM cannot_link c WHERE c.node_l = o.node_l AND c.node_r = o.node_r) THEN 'twins'
                WHEN l.pnc_id <> r.pnc_id THEN 'two_pnc'
                WHEN s.match_weight >= (SELECT cut FROM asked) THEN 'others'
                ELSE 'near' END AS kind,
           p.person_id AS other
    FROM outside o
    JOIN cluster_node l ON l.node_id = o.node_l
    JOIN cluster_node r ON r.node_id = o.node_r
    JOIN named_node n ON n.node_id = CASE WHEN o.is_mine_l THEN o.node_r ELSE o.node_l END
    JOIN person_record p ON p.dataset = n.record.dataset AND p.record_key = n.record.record_key
    LEFT JOIN scored s ON s.node_l = o.node_l AND s.node_r = o.node_r)
FROM judged ORDER BY kind = 'decision' DESC, match_weight DESC NULLS LAST, node_l, node_r;
