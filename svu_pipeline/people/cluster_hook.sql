-- cluster_hook: the clusters that merge in this round, and into which other one. Reads cluster_live and cluster_apart.
--
-- What merges now is what merging edge by edge, strongest first, would merge too. A cluster's best edge is the first
-- that the edge-by-edge way can take for it, for what is refused once stays refused: clusters, and with them what
-- forbids, only grow. So until that edge comes the cluster stays as it is, and it can merge now where that changes
-- nothing for the others:
--   mutual  the edge is the best of the other cluster too; or
--   free    whatever keeps it apart from a cluster keeps the other one apart from it as well (no PNC id or the same; the
--           same clusters apart), or is a cluster that stays as it is for longer still, as its own best edge is weaker.
-- A cluster without a constraint is always free, so in each round at least half of those are gone; the strongest live
-- edge is mutual, so no round ends without a merge.

CREATE OR REPLACE TEMP TABLE cluster_hook AS
WITH best AS (
    SELECT cluster, min(place) AS place
    FROM (SELECT l AS cluster, place FROM cluster_live UNION ALL SELECT r, place FROM cluster_live)
    GROUP BY cluster),
picked AS (SELECT place, min(cluster) AS cluster, count(*) = 2 AS is_mutual FROM best GROUP BY place),
step AS (
    SELECT place, cluster, CASE cluster WHEN l THEN r ELSE l END AS target, coalesce(pnc_l, pnc_r) AS pnc, is_mutual,
           pnc_l = pnc_r OR CASE cluster WHEN l THEN pnc_l ELSE pnc_r END IS NULL AS is_free
    FROM picked JOIN cluster_live USING (place)),
bound AS (
    SELECT s.cluster
    FROM step s
    JOIN cluster_apart a USING (cluster)
    JOIN best earlier ON earlier.cluster = a.other AND earlier.place < s.place
    ANTI JOIN cluster_apart b ON b.cluster = s.target AND b.other = a.other)
SELECT cluster, target AS root, pnc
FROM step
WHERE is_mutual OR (is_free AND cluster NOT IN (FROM bound));
