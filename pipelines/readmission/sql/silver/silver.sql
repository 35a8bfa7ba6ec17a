-- One valid row for each key.
SELECT * EXCLUDE (_reasons)
FROM typed
ANTI JOIN repeated USING (encounter_id)
WHERE _reasons = ''
UNION ALL
SELECT * EXCLUDE (_reasons, _rank)
FROM contested
WHERE _rank = 1
