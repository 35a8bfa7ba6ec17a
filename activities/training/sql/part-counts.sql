SELECT part, count(*) AS rows, count(*) FILTER (label = 1) AS positives
FROM parts
GROUP BY part
ORDER BY part
