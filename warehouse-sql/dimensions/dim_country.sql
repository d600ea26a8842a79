WITH mentioned AS (
  SELECT natural_key AS country_code FROM {{mention}} WHERE kind = 'country'
  UNION
  SELECT country FROM {{customer}}
  UNION
  SELECT country FROM {{merchant}}
  UNION
  SELECT country FROM {{city}}
  UNION
  SELECT country FROM {{holiday}}
)
-- Keys are made of the natural key and the bound from which the row is valid; the first row of each is valid since ever.
SELECT
  surrogate_key(country_code || '|-infinity') AS country_key,
  country_code,
  name,
  surrogate_key(region || '|-infinity') AS region_key,
  currency,
  false AS is_inferred
FROM {{country}}

UNION ALL

SELECT surrogate_key(country_code || '|-infinity'), country_code, 'unknown', -1, NULL, true
FROM mentioned
WHERE country_code IS NOT NULL
  AND country_code NOT IN (SELECT country_code FROM {{country}})

UNION ALL

SELECT country_key, NULL, label, country_key, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(country_key, label)
