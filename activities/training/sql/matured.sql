-- Intervals all of whose labels may be used at $as_of.
SELECT
  period,
  count(*) AS rows,
  count(*) FILTER (label = 1) AS positives,
  count(*) FILTER (label IS NULL OR label NOT IN (0, 1) OR entity IS NULL) AS invalid
FROM examples
GROUP BY period
HAVING bool_and(coalesce(known_on <= CAST($as_of AS TIMESTAMPTZ), false))
ORDER BY period
