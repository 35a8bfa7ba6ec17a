-- ICD-9-CM: the category (what stands before the point) and its chapter; diabetes stands apart.
SELECT
  prefix || CASE WHEN prefix = '' THEN category::VARCHAR ELSE lpad(category::VARCHAR, digits, '0') END AS category,
  chapter
FROM (VALUES
  ('', 0, 1, 139, 'infection'),
  ('', 0, 140, 239, 'neoplasm'),
  ('', 0, 240, 249, 'endocrine'),
  ('', 0, 250, 250, 'diabetes'),
  ('', 0, 251, 279, 'endocrine'),
  ('', 0, 280, 289, 'blood'),
  ('', 0, 290, 319, 'mental'),
  ('', 0, 320, 389, 'nervous'),
  ('', 0, 390, 459, 'circulatory'),
  ('', 0, 460, 519, 'respiratory'),
  ('', 0, 520, 579, 'digestive'),
  ('', 0, 580, 629, 'genitourinary'),
  ('', 0, 630, 679, 'pregnancy'),
  ('', 0, 680, 709, 'skin'),
  ('', 0, 710, 739, 'musculoskeletal'),
  ('', 0, 740, 759, 'congenital'),
  ('', 0, 760, 779, 'perinatal'),
  ('', 0, 780, 799, 'symptoms'),
  ('', 0, 800, 999, 'injury'),
  ('V', 2, 1, 91, 'supplementary'),
  ('E', 3, 0, 999, 'external')
) AS chapters (prefix, digits, first_category, last_category, chapter),
LATERAL (SELECT unnest(range(first_category, last_category + 1)) AS category)
