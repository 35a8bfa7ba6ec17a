-- One valid row for each key.
SELECT * EXCLUDE (_reasons, _key_text)
FROM typed
ANTI JOIN repeated USING (encounter_id)
WHERE _reasons = ''
UNION ALL
SELECT * EXCLUDE (_reasons, _key_text, _rank)
FROM contested
WHERE _rank = 1
