SELECT DISTINCT surrogate_key(region || '|-infinity') AS region_key, region
FROM {{country}}

UNION ALL

SELECT region_key, label
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(region_key, label)
