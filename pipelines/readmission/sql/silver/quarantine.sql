-- Invalid rows with all their reasons, and where to find them in what was delivered.
SELECT encounter_id, patient_nbr, _reasons, _source_file, _row, _interval, _run
FROM typed
WHERE _reasons <> ''
