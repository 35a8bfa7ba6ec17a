-- Who died or went into hospice care can't come back: the rows are neither scored nor learnt from.
SELECT
  encounter_id,
  patient_nbr,
  CASE WHEN discharge_disposition_id IN (13, 14) THEN 'hospice' ELSE 'expired' END AS rule,
  discharge_disposition_id,
  _interval
FROM silver
WHERE discharge_disposition_id IN (11, 13, 14, 19, 20, 21)
