-- Whether the patient came back within the horizon; nobody can know before it has passed.
SELECT
  encounter_id,
  patient_nbr,
  (readmitted = '<30')::INTEGER AS readmitted_within_30_days,
  CAST(run.interval_end + to_days(run.horizon_days) AS DATE) AS known_on,
  _interval
FROM silver
ANTI JOIN excluded USING (encounter_id)
CROSS JOIN run
WHERE readmitted IS NOT NULL
