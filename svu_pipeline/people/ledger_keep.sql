-- One round: each cluster without an id claims the oldest one left that it may have; gives how many were kept.

INSERT INTO kept
WITH claim AS (
    SELECT * FROM candidate
    WHERE is_borne = $is_borne
      AND NOT EXISTS (FROM kept WHERE kept.cluster = candidate.cluster)
      AND NOT EXISTS (FROM kept WHERE kept.person_key = candidate.person_key)
    QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY issued, person_key) = 1)
SELECT cluster, person_key FROM claim
QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY since, records DESC, record) = 1;
