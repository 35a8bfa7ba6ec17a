-- The features table where nothing says what came before what.
SELECT *
FROM encounter
