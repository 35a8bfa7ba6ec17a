-- What was done with the 23 drugs, and which chapters the three diagnoses belong to.
SELECT
  s.* EXCLUDE (nateglinide, chlorpropamide, acetohexamide, tolbutamide, acarbose, miglitol, troglitazone, tolazamide, examide, citoglipton, glyburide_metformin, glipizide_metformin, glimepiride_pioglitazone, metformin_rosiglitazone, metformin_pioglitazone),
  first_chapter.chapter AS diag_1_chapter,
  second_chapter.chapter AS diag_2_chapter,
  third_chapter.chapter AS diag_3_chapter,
  (
    (metformin <> 'No')::INTEGER
    + (repaglinide <> 'No')::INTEGER
    + (nateglinide <> 'No')::INTEGER
    + (chlorpropamide <> 'No')::INTEGER
    + (glimepiride <> 'No')::INTEGER
    + (acetohexamide <> 'No')::INTEGER
    + (glipizide <> 'No')::INTEGER
    + (glyburide <> 'No')::INTEGER
    + (tolbutamide <> 'No')::INTEGER
    + (pioglitazone <> 'No')::INTEGER
    + (rosiglitazone <> 'No')::INTEGER
    + (acarbose <> 'No')::INTEGER
    + (miglitol <> 'No')::INTEGER
    + (troglitazone <> 'No')::INTEGER
    + (tolazamide <> 'No')::INTEGER
    + (examide <> 'No')::INTEGER
    + (citoglipton <> 'No')::INTEGER
    + (insulin <> 'No')::INTEGER
    + (glyburide_metformin <> 'No')::INTEGER
    + (glipizide_metformin <> 'No')::INTEGER
    + (glimepiride_pioglitazone <> 'No')::INTEGER
    + (metformin_rosiglitazone <> 'No')::INTEGER
    + (metformin_pioglitazone <> 'No')::INTEGER
  ) AS drugs_taken,
  (
    (metformin = 'Up')::INTEGER
    + (repaglinide = 'Up')::INTEGER
    + (nateglinide = 'Up')::INTEGER
    + (chlorpropamide = 'Up')::INTEGER
    + (glimepiride = 'Up')::INTEGER
    + (acetohexamide = 'Up')::INTEGER
    + (glipizide = 'Up')::INTEGER
    + (glyburide = 'Up')::INTEGER
    + (tolbutamide = 'Up')::INTEGER
    + (pioglitazone = 'Up')::INTEGER
    + (rosiglitazone = 'Up')::INTEGER
    + (acarbose = 'Up')::INTEGER
    + (miglitol = 'Up')::INTEGER
    + (troglitazone = 'Up')::INTEGER
    + (tolazamide = 'Up')::INTEGER
    + (examide = 'Up')::INTEGER
    + (citoglipton = 'Up')::INTEGER
    + (insulin = 'Up')::INTEGER
    + (glyburide_metformin = 'Up')::INTEGER
    + (glipizide_metformin = 'Up')::INTEGER
    + (glimepiride_pioglitazone = 'Up')::INTEGER
    + (metformin_rosiglitazone = 'Up')::INTEGER
    + (metformin_pioglitazone = 'Up')::INTEGER
  ) AS drugs_up,
  (
    (metformin = 'Down')::INTEGER
    + (repaglinide = 'Down')::INTEGER
    + (nateglinide = 'Down')::INTEGER
    + (chlorpropamide = 'Down')::INTEGER
    + (glimepiride = 'Down')::INTEGER
    + (acetohexamide = 'Down')::INTEGER
    + (glipizide = 'Down')::INTEGER
    + (glyburide = 'Down')::INTEGER
    + (tolbutamide = 'Down')::INTEGER
    + (pioglitazone = 'Down')::INTEGER
    + (rosiglitazone = 'Down')::INTEGER
    + (acarbose = 'Down')::INTEGER
    + (miglitol = 'Down')::INTEGER
    + (troglitazone = 'Down')::INTEGER
    + (tolazamide = 'Down')::INTEGER
    + (examide = 'Down')::INTEGER
    + (citoglipton = 'Down')::INTEGER
    + (insulin = 'Down')::INTEGER
    + (glyburide_metformin = 'Down')::INTEGER
    + (glipizide_metformin = 'Down')::INTEGER
    + (glimepiride_pioglitazone = 'Down')::INTEGER
    + (metformin_rosiglitazone = 'Down')::INTEGER
    + (metformin_pioglitazone = 'Down')::INTEGER
  ) AS drugs_down
FROM silver AS s
ANTI JOIN excluded ON excluded.encounter_id = s.encounter_id
LEFT JOIN icd9 AS first_chapter ON first_chapter.category = split_part(s.diag_1, '.', 1)
LEFT JOIN icd9 AS second_chapter ON second_chapter.category = split_part(s.diag_2, '.', 1)
LEFT JOIN icd9 AS third_chapter ON third_chapter.category = split_part(s.diag_3, '.', 1)
