-- Keys that were delivered more than once: few, so that only their rows need to be ranked.
SELECT encounter_id
FROM (SELECT TRY_CAST(encounter_id AS BIGINT) AS encounter_id FROM bronze)
WHERE encounter_id IS NOT NULL
GROUP BY encounter_id
HAVING count(*) > 1
