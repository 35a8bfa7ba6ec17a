-- The features table where the order of keys is the order of time.
SELECT
  encounter.*,
  coalesce(prior_encounters, 0) AS prior_encounters,
  coalesce(prior_encounters_recent, 0) AS prior_encounters_recent,
  coalesce(prior_days, 0) AS prior_days,
  coalesce(prior_emergencies, 0) AS prior_emergencies,
  coalesce(prior_not_home, 0) AS prior_not_home,
  months_since_prior
FROM encounter
LEFT JOIN prior USING (encounter_id)
