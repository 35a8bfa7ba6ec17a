-- The last row before the test part.
SELECT period, CAST(row_key AS VARCHAR) AS row_key
FROM parts
WHERE part <> 'test'
ORDER BY place DESC
LIMIT 1
