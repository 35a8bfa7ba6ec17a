-- Features of the encounter itself. None needs anything that is not known at discharge.
SELECT
  encounter_id,
  patient_nbr,
  _interval,
  race,
  gender,
  CASE
    WHEN age_midpoint < 40 THEN '[0-40)'
    WHEN age_midpoint < 60 THEN '[40-60)'
    WHEN age_midpoint < 80 THEN '[60-80)'
    WHEN age_midpoint IS NOT NULL THEN '[80-100)'
  END AS age_group,
  age_midpoint,
  time_in_hospital,
  num_lab_procedures,
  num_procedures,
  num_medications,
  number_outpatient,
  number_emergency,
  number_inpatient,
  number_diagnoses,
  number_outpatient + number_emergency + number_inpatient AS total_visits,
  number_emergency + number_inpatient AS acute_visits,
  (number_inpatient > 0)::INTEGER AS was_inpatient,
  drugs_taken,
  drugs_up,
  drugs_down,
  drugs_up + drugs_down AS drugs_changed,
  medication_changed::INTEGER AS medication_changed,
  diabetes_medication::INTEGER AS diabetes_medication,
  num_lab_procedures / greatest(time_in_hospital, 1) AS labs_per_day,
  num_procedures / greatest(time_in_hospital, 1) AS procedures_per_day,
  num_medications / greatest(time_in_hospital, 1) AS medications_per_day,
  (a1c_result <> 'None')::INTEGER AS a1c_measured,
  (max_glu_serum <> 'None')::INTEGER AS glucose_measured,
  coalesce((diag_1_chapter = 'circulatory')::INTEGER, 0)
    + coalesce((diag_2_chapter = 'circulatory')::INTEGER, 0)
    + coalesce((diag_3_chapter = 'circulatory')::INTEGER, 0) AS circulatory_diagnoses,
  coalesce((diag_1_chapter = 'respiratory')::INTEGER, 0)
    + coalesce((diag_2_chapter = 'respiratory')::INTEGER, 0)
    + coalesce((diag_3_chapter = 'respiratory')::INTEGER, 0) AS respiratory_diagnoses,
  coalesce((diag_1_chapter = 'diabetes')::INTEGER, 0)
    + coalesce((diag_2_chapter = 'diabetes')::INTEGER, 0)
    + coalesce((diag_3_chapter = 'diabetes')::INTEGER, 0) AS diabetes_diagnoses,
  age_midpoint * number_inpatient AS age_x_inpatient,
  time_in_hospital * num_medications AS stay_x_medications,
  number_inpatient * number_emergency AS inpatient_x_emergency,
  time_in_hospital * number_inpatient AS stay_x_inpatient,
  admission_type,
  discharge_disposition,
  admission_source,
  payer_code,
  medical_specialty,
  diag_1_chapter,
  diag_2_chapter,
  diag_3_chapter,
  max_glu_serum,
  a1c_result,
  insulin,
  metformin,
  glipizide,
  glyburide,
  pioglitazone,
  rosiglitazone,
  glimepiride,
  repaglinide
FROM treatment
