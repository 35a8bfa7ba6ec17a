-- The valid rows of repeated keys, latest first: the file delivered last, and in a file its last row.
-- An invalid row never takes the place of a valid one.
SELECT
  typed.*,
  row_number() OVER (
    PARTITION BY encounter_id
    ORDER BY _delivery DESC, _occurrence DESC
  ) AS _rank
FROM typed
SEMI JOIN repeated USING (encounter_id)
WHERE _reasons = ''
