-- Valid rows that gave way to a later delivery of their key.
SELECT encounter_id, _source_file
FROM contested
WHERE _rank > 1
