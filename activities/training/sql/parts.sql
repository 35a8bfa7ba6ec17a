-- Where each matured row belongs. Rows of intervals from $test_from on are the test part, or without it
-- the newest $test_share, whole; other rows of its entities are removed. The rest is split by a seeded hash of the entity, so that neither the order
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
sided AS (
  SELECT
    *,
    CASE
      WHEN CAST($test_from AS VARCHAR) IS NULL THEN place > total - ceil(total * $test_share)
      ELSE period >= CAST($test_from AS VARCHAR)
    END AS in_test
  FROM placed
),
hashed AS (
  SELECT
    *,
    bool_or(in_test) OVER (PARTITION BY entity) AS tested,
    CAST(md5_number_lower(concat($seed, '/', entity)) AS DOUBLE) / 18446744073709551616.0 AS draw
  FROM sided
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
