-- Entities that a model was trained on: those before its test part and not in it.
INSERT INTO seen
WITH matured AS (
  SELECT entity, period < $until_interval OR (period = $until_interval AND row_key <= $until_key) AS before
  FROM query_table($examples)
  WHERE period IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
)
SELECT entity
FROM matured
GROUP BY entity
HAVING bool_and(before)
