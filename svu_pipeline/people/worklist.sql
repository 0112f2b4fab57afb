-- scenario: the pairs of nodes of whom it is unsure that they are one person, or two, as they are now taken to be; and what
-- would become of the people about them if the pair were decided otherwise.
-- Reads identity, scored, person_record, cluster_node, link_edge, cannot_link, decided, counted, said_decision
-- and worklist_terms.
-- Of a pair that is joined through others, or kept apart by a rule below the threshold, there is nothing to decide.

CREATE OR REPLACE MACRO worklist_term(wanted) AS (SELECT value FROM worklist_terms WHERE name = wanted);

CREATE OR REPLACE TABLE node_person AS
SELECT i.node_id, min(p.person_id) AS person_id, min(p.at_99) AS at_99
FROM identity i JOIN person_record p USING (dataset, record_key)
GROUP BY i.node_id;

-- The record by which a node is named: one that a figure counts, if there is one.
CREATE OR REPLACE TABLE node_record AS
SELECT i.node_id, i.dataset || ':' || i.record_key AS record
FROM identity i
LEFT JOIN (SELECT DISTINCT record_dataset, record_key FROM counted) c ON c.record_dataset = i.dataset AND c.record_key = i.record_key
QUALIFY row_number() OVER (PARTITION BY i.node_id ORDER BY c.record_key IS NULL, i.dataset, i.record_key) = 1;

-- What has been said of two nodes by now, also what has come into force since they were linked.
CREATE OR REPLACE TABLE said_node AS
SELECT least(a.node_id, b.node_id) AS node_l, greatest(a.node_id, b.node_id) AS node_r, d.said, d.is_in_force
FROM said_decision d
JOIN identity a ON a.dataset = d.dataset_a AND a.record_key = d.key_a
JOIN identity b ON b.dataset = d.dataset_b AND b.record_key = d.key_b;

CREATE OR REPLACE TABLE scenario AS
WITH edge AS (
    SELECT least(node_l, node_r) AS node_l, greatest(node_l, node_r) AS node_r, max(weight) AS weight
    FROM link_edge WHERE weight >= worklist_term('threshold') GROUP BY ALL),
unsure AS (
    SELECT coalesce(s.node_l, e.node_l) AS node_l, coalesce(s.node_r, e.node_r) AS node_r,
           s.match_probability AS probability, coalesce(e.weight, s.match_weight) AS weight
    FROM (FROM scored WHERE match_probability >= .5) s
    FULL JOIN edge e ON e.node_l = s.node_l AND e.node_r = s.node_r),
apart AS (SELECT node_l, node_r FROM cannot_link UNION SELECT node_r, node_l FROM cannot_link),
known AS (
    SELECT u.*, l.person_id AS person_l, r.person_id AS person_r, l.person_id = r.person_id AS is_together,
           l.at_99 = r.at_99 AS is_together_at_99,
           CASE WHEN cl.pnc_id <> cr.pnc_id THEN 'two PNC ids' WHEN a.node_l IS NOT NULL THEN 'twins' END AS rule,
           u.weight >= worklist_term('threshold') AS is_edge
    FROM unsure u
    JOIN node_person l ON l.node_id = u.node_l
    JOIN node_person r ON r.node_id = u.node_r
    JOIN cluster_node cl ON cl.node_id = u.node_l
    JOIN cluster_node cr ON cr.node_id = u.node_r
    LEFT JOIN apart a ON a.node_l = u.node_l AND a.node_r = u.node_r
    WHERE NOT EXISTS (FROM decided d WHERE d.node_l = u.node_l AND d.node_r = u.node_r)
      AND NOT EXISTS (FROM said_node d WHERE d.node_l = u.node_l AND d.node_r = u.node_r AND d.is_in_force)),
open AS (
    SELECT *, CASE WHEN is_together THEN 1 - probability WHEN is_edge THEN worklist_term('refused_chance') ELSE probability END AS chance
    FROM known
    WHERE CASE WHEN is_together THEN is_edge AND probability <= worklist_term('sure') AND weight < worklist_term('certain')
                                 AND (probability >= .99 OR NOT is_together_at_99)
               ELSE is_edge OR rule IS NULL END)
SELECT row_number() OVER (ORDER BY o.node_l, o.node_r) AS scenario, o.*, nl.record AS record_l, nr.record AS record_r
FROM open o
JOIN node_record nl ON nl.node_id = o.node_l
JOIN node_record nr ON nr.node_id = o.node_r
-- One pair speaks for two people, the likeliest; and one for what holds a person together, the weakest.
QUALIFY row_number() OVER (PARTITION BY least(person_l, person_r), greatest(person_l, person_r)
                           ORDER BY chance DESC, weight DESC, o.node_l, o.node_r) = 1;

-- The people of a scenario: its own two, and those whom an edge leads to that was refused.
CREATE OR REPLACE TABLE scenario_person AS
WITH own AS (SELECT scenario, unnest([person_l, person_r]) AS person_id FROM scenario),
refused AS (
    SELECT DISTINCT l.person_id AS one, r.person_id AS other
    FROM link_edge e
    JOIN node_person l ON l.node_id = e.node_l
    JOIN node_person r ON r.node_id = e.node_r
    WHERE e.weight >= worklist_term('threshold') AND l.person_id <> r.person_id)
SELECT scenario, person_id FROM own
UNION
SELECT scenario, other FROM own JOIN refused ON one = person_id
UNION
SELECT scenario, one FROM own JOIN refused ON other = person_id;

-- Their nodes, edges and rules, once for each scenario and changed as it would change them: one graph to be clustered.
CREATE OR REPLACE TABLE scenario_node AS
SELECT s.scenario, n.node_id, printf('%08d:', s.scenario) || n.node_id AS name,
       CASE WHEN NOT s.is_together AND c.pnc_id IN (l.pnc_id, r.pnc_id) THEN least(l.pnc_id, r.pnc_id) ELSE c.pnc_id END AS pnc_id
FROM scenario s
JOIN scenario_person p USING (scenario)
JOIN node_person n USING (person_id)
JOIN cluster_node c ON c.node_id = n.node_id
JOIN cluster_node l ON l.node_id = s.node_l
JOIN cluster_node r ON r.node_id = s.node_r;

CREATE OR REPLACE TABLE scenario_edge AS
SELECT l.name AS node_l, r.name AS node_r, e.weight
FROM link_edge e
JOIN scenario_node l ON l.node_id = e.node_l
JOIN scenario_node r ON r.node_id = e.node_r AND r.scenario = l.scenario
WHERE e.weight >= worklist_term('threshold')
UNION ALL
SELECT l.name, r.name, worklist_term('decision')
FROM scenario s
JOIN scenario_node l ON l.scenario = s.scenario AND l.node_id = s.node_l
JOIN scenario_node r ON r.scenario = s.scenario AND r.node_id = s.node_r
WHERE NOT s.is_together;

CREATE OR REPLACE TABLE scenario_apart AS
SELECT l.name AS node_l, r.name AS node_r
FROM cannot_link c
JOIN scenario_node l ON l.node_id = c.node_l
JOIN scenario_node r ON r.node_id = c.node_r AND r.scenario = l.scenario
JOIN scenario s ON s.scenario = l.scenario
WHERE EXISTS (FROM decided d WHERE d.kind = 'not_same' AND d.node_l = least(c.node_l, c.node_r) AND d.node_r = greatest(c.node_l, c.node_r))
   OR ((l.pnc_id IS NULL OR l.pnc_id IS DISTINCT FROM r.pnc_id)
       AND (s.is_together OR s.node_l <> least(c.node_l, c.node_r) OR s.node_r <> greatest(c.node_l, c.node_r)))
UNION
SELECT l.name, r.name
FROM scenario s
JOIN scenario_node l ON l.scenario = s.scenario AND l.node_id = s.node_l
JOIN scenario_node r ON r.scenario = s.scenario AND r.node_id = s.node_r
WHERE s.is_together;

CREATE OR REPLACE TABLE cluster_node AS SELECT name AS node_id, pnc_id FROM scenario_node;
CREATE OR REPLACE TABLE link_edge AS FROM scenario_edge;
CREATE OR REPLACE TABLE cannot_link AS FROM scenario_apart;
