-- What joins two nodes and what keeps them apart, for the clustering.
-- Reads identity, node, pair, scored and people_decision; makes cluster_node, link_edge and cannot_link.

CREATE OR REPLACE TABLE decided AS
SELECT d.kind, least(a.node_id, b.node_id) AS node_l, greatest(a.node_id, b.node_id) AS node_r,
       a.pnc_id AS pnc_a, b.pnc_id AS pnc_b
FROM people_decision d
JOIN identity a ON a.dataset = d.dataset_a AND a.record_key = d.key_a
JOIN identity b ON b.dataset = d.dataset_b AND b.record_key = d.key_b;

-- Two PNC ids that were decided to be one person's are one from here on, under the lesser of them.
CREATE OR REPLACE TABLE one_pnc AS
WITH RECURSIVE joined AS (
    SELECT pnc_a AS pnc_id, pnc_b AS other FROM decided WHERE kind = 'same' AND pnc_a IS NOT NULL AND pnc_b IS NOT NULL
    UNION
    SELECT pnc_b, pnc_a FROM decided WHERE kind = 'same' AND pnc_a IS NOT NULL AND pnc_b IS NOT NULL),
reached AS (
    SELECT pnc_id, other FROM joined
    UNION
    SELECT r.pnc_id, j.other FROM reached r JOIN joined j ON j.pnc_id = r.other)
SELECT pnc_id, min(other) AS one FROM (FROM reached UNION ALL SELECT DISTINCT pnc_id, pnc_id FROM reached) GROUP BY pnc_id;

CREATE OR REPLACE TABLE cluster_node AS
SELECT n.node_id, coalesce(o.one, n.pnc_id) AS pnc_id
FROM node n LEFT JOIN one_pnc o USING (pnc_id)
ORDER BY node_id;

-- A decision outweighs a PNC id, a PNC id a defendant id, and that any likeness. Those of one PNC id or case are joined with
-- the first of them; where a decision parts some of them, each with each, or the others would fall apart with the first.
CREATE OR REPLACE TABLE link_edge AS
WITH certain AS (
    SELECT node_id, 'pnc ' || pnc_id AS bond, 2e6 AS weight FROM cluster_node WHERE pnc_id IS NOT NULL
    UNION
    SELECT node_id, 'case ' || case_key, 1e6 FROM identity WHERE case_key IS NOT NULL),
parted AS (
    SELECT DISTINCT bond FROM certain
    WHERE node_id IN (SELECT unnest([node_l, node_r]) FROM decided WHERE kind = 'not_same')),
starred AS (SELECT bond, node_id, weight, min(node_id) OVER (PARTITION BY bond) AS first FROM certain ANTI JOIN parted USING (bond))
SELECT node_l, node_r, match_weight AS weight FROM scored
UNION ALL
SELECT first, node_id, weight FROM starred WHERE first <> node_id
UNION ALL
SELECT l.node_id, r.node_id, l.weight FROM certain l JOIN certain r USING (bond) SEMI JOIN parted USING (bond) WHERE l.node_id < r.node_id
UNION ALL
SELECT node_l, node_r, 3e6 FROM decided WHERE kind = 'same'
ORDER BY ALL;

-- Twins must stay two (counting.md), unless both are known under one PNC id, or the one's PNC id is known to go by the
-- other's forename too, or a decision joins them: then with the records beside them, for it joins people and parts none.
CREATE OR REPLACE TABLE cannot_link AS
WITH twin AS (
    SELECT p.node_l, p.node_r, l.pnc_id AS pnc_l, r.pnc_id AS pnc_r
    FROM pair p JOIN cluster_node l ON l.node_id = p.node_l JOIN cluster_node r ON r.node_id = p.node_r
    WHERE p.is_twin AND (l.pnc_id IS NULL OR l.pnc_id IS DISTINCT FROM r.pnc_id)),
alike AS (
    SELECT n.pnc_id, s.node_r AS node_id FROM scored s JOIN pair p USING (node_l, node_r) JOIN cluster_node n ON n.node_id = s.node_l
    WHERE s.match_weight >= $alike AND NOT p.is_twin AND n.pnc_id IS NOT NULL
    UNION
    SELECT n.pnc_id, s.node_l FROM scored s JOIN pair p USING (node_l, node_r) JOIN cluster_node n ON n.node_id = s.node_r
    WHERE s.match_weight >= $alike AND NOT p.is_twin AND n.pnc_id IS NOT NULL),
joined AS (
    SELECT node_l AS one, node_r AS other FROM decided WHERE kind = 'same'
    UNION
    SELECT node_r, node_l FROM decided WHERE kind = 'same'),
beside AS (
    SELECT one, other, one AS node_id FROM joined
    UNION
    SELECT j.one, j.other, n.node_id
    FROM joined j JOIN cluster_node o ON o.node_id = j.one JOIN cluster_node n ON n.pnc_id = o.pnc_id
    UNION
    SELECT j.one, j.other, CASE WHEN s.node_l = j.one THEN s.node_r ELSE s.node_l END
    FROM joined j JOIN scored s ON j.one IN (s.node_l, s.node_r) JOIN pair p USING (node_l, node_r)
    WHERE s.match_weight >= $alike AND NOT p.is_twin)
SELECT node_l, node_r FROM twin t
WHERE NOT EXISTS (FROM alike a WHERE (a.pnc_id = t.pnc_l AND a.node_id = t.node_r) OR (a.pnc_id = t.pnc_r AND a.node_id = t.node_l))
  AND NOT EXISTS (FROM beside l JOIN beside r ON r.one = l.other AND r.other = l.one
                  WHERE l.node_id = t.node_l AND r.node_id = t.node_r)
UNION
SELECT node_l, node_r FROM decided WHERE kind = 'not_same'
ORDER BY ALL;
