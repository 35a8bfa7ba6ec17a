-- Matured rows newer than anything that a model was trained on, in the order of time.
CREATE TABLE slice AS
SELECT
  row_number() OVER (ORDER BY period, row_key) AS place,
  row_key,
  entity,
  period,
  label
FROM examples
WHERE period IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
  AND (period > $after_interval OR (period = $after_interval AND row_key > $after_key))
