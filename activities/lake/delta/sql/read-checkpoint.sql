-- One action per row, as the line of a commit would have it; members that a writer left out are simply absent.
SELECT to_json(checkpoint)::VARCHAR AS action
FROM read_parquet($path) AS checkpoint
