-- Whether every label of the interval may be used at $as_of; none means that nothing has matured.
SELECT
  count(*) AS labels,
  coalesce(bool_and(coalesce(known_on <= CAST($as_of AS TIMESTAMPTZ), false)), false) AS matured
FROM labels
