-- cluster_live: the edges between clusters that may still merge, the strongest of each two, as the clusters are now.

CREATE OR REPLACE TEMP TABLE cluster_live AS
WITH moved AS (
    SELECT a.cluster AS l, b.cluster AS r, a.pnc AS pnc_l, b.pnc AS pnc_r, v.place
    FROM cluster_live v JOIN cluster_point a ON a.number = v.l JOIN cluster_point b ON b.number = v.r
    WHERE a.cluster <> b.cluster AND (a.pnc = b.pnc OR a.pnc IS NULL OR b.pnc IS NULL))
SELECT l, r, pnc_l, pnc_r, min(place) AS place
FROM (SELECT l, r, pnc_l, pnc_r, place FROM moved WHERE l < r
      UNION ALL SELECT r, l, pnc_r, pnc_l, place FROM moved WHERE l > r)
ANTI JOIN cluster_apart x ON x.cluster = l AND x.other = r
GROUP BY ALL;
