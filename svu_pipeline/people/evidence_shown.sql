-- The pairs of nodes in shown as records: the person's own stands left, of two of their own the one listed first.
-- Reads shown, named_node, own_node, scored, identity and people_decision.

WITH named AS (
    SELECT s.*, l.record AS l, r.record AS r,
           CASE WHEN s.other IS NOT NULL THEN s.node_l NOT IN (SELECT node_id FROM own_node)
                ELSE (r.record.dataset, r.record.record_key) < (l.record.dataset, l.record.record_key) END AS is_turned
    FROM shown s JOIN named_node l ON l.node_id = s.node_l JOIN named_node r ON r.node_id = s.node_r),
deciding AS (
    SELECT least(a.node_id, b.node_id) AS node_l, greatest(a.node_id, b.node_id) AS node_r, d.kind, min(d.id) AS id
    FROM people_decision d
    JOIN identity a ON a.dataset = d.dataset_a AND a.record_key = d.key_a
    JOIN identity b ON b.dataset = d.dataset_b AND b.record_key = d.key_b
    GROUP BY ALL)
SELECT n.node_l, n.node_r, n.kind, n.other,
       CASE WHEN is_turned THEN r.dataset || ':' || r.record_key ELSE l.dataset || ':' || l.record_key END,
       CASE WHEN is_turned THEN l.dataset || ':' || l.record_key ELSE r.dataset || ':' || r.record_key END,
       n.is_turned, s.match_weight, s.match_probability, d.id
FROM named n
LEFT JOIN scored s ON s.node_l = n.node_l AND s.node_r = n.node_r
LEFT JOIN deciding d ON d.node_l = n.node_l AND d.node_r = n.node_r AND d.kind = CASE n.kind WHEN 'decision' THEN 'not_same' ELSE 'same' END
ORDER BY n.place;
