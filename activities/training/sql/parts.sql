-- Where each matured row belongs. The newest $test_share are the test part, whole; other rows of its
-- entities are removed. The rest is split by a seeded hash of the entity, so that neither the order
-- of rows nor other entities decide where one stands: into folds, or into train and validation.
WITH matured AS (
  SELECT row_key, entity, period, label
  FROM examples
  WHERE period IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
),
placed AS (
  SELECT
    *,
    row_number() OVER (ORDER BY period, row_key) AS place,
    count(*) OVER () AS total
  FROM matured
),
hashed AS (
  SELECT
    *,
    place > total - ceil(total * $test_share) AS in_test,
    bool_or(place > total - ceil(total * $test_share)) OVER (PARTITION BY entity) AS tested,
    CAST(md5_number_lower(concat($seed, '/', entity)) AS DOUBLE) / 18446744073709551616.0 AS draw
  FROM placed
)
SELECT
  row_key,
  entity,
  period,
  label,
  place,
  CASE
    WHEN in_test THEN 'test'
    WHEN tested THEN 'removed'
    WHEN $folds > 0 THEN concat('fold-', CAST(least(floor(draw * $folds), $folds - 1) AS INTEGER))
    WHEN draw < $validation_share THEN 'validation'
    ELSE 'train'
  END AS part
FROM hashed
