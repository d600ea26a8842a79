WITH mentioned AS (
  SELECT country, city FROM {{mention}} WHERE kind = 'location'
  UNION
  SELECT country, city FROM {{customer}}
  UNION
  SELECT country, city FROM {{merchant}}
)

SELECT
  surrogate_key(country || '|' || city || '|-infinity') AS location_key,
  city,
  surrogate_key(country || '|-infinity') AS country_key,
  timezone,
  false AS is_inferred
FROM {{city}}

UNION ALL

SELECT
  surrogate_key(country || '|' || city || '|-infinity'), city, surrogate_key(country || '|-infinity'), NULL, true
FROM mentioned
ANTI JOIN {{city}} AS known USING (country, city)
WHERE country IS NOT NULL
  AND city IS NOT NULL

UNION ALL

SELECT location_key, label, location_key, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(location_key, label)
