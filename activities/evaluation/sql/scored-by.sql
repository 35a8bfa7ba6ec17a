-- The models that scored the interval's rows.
SELECT DISTINCT model, model_version AS version, model_digest AS digest
FROM predictions
