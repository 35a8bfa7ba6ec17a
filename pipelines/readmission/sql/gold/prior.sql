-- What was known of the patient before: encounters of an earlier month, or earlier in the same one,
-- back to the look-back's end. Whether those led to a readmission is not used: it may not be known yet.
SELECT
  s.encounter_id,
  count(*)::INTEGER AS prior_encounters,
  count(*) FILTER (WHERE h._month >= s._month - INTERVAL 3 MONTH)::INTEGER AS prior_encounters_recent,
  sum(h.time_in_hospital)::INTEGER AS prior_days,
  sum((h.admission_type = 'Emergency')::INTEGER)::INTEGER AS prior_emergencies,
  sum((h.discharge_disposition <> 'Home')::INTEGER)::INTEGER AS prior_not_home,
  min(date_diff('month', h._month, s._month))::INTEGER AS months_since_prior
FROM silver AS s
CROSS JOIN run
JOIN history AS h
  ON h.patient_nbr = s.patient_nbr
  AND (h._month < s._month OR (h._month = s._month AND h.encounter_id < s.encounter_id))
  AND h._month >= s._month - to_months(run.look_back_months)
GROUP BY s.encounter_id
