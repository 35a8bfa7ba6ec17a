-- Invalid rows with all their reasons, and where to find them in what was delivered.
SELECT _key_text, encounter_id, patient_nbr, _reasons, _source_file, _source_digest, _interval, _run
FROM typed
WHERE _reasons <> ''
