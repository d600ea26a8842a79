SELECT DISTINCT surrogate_key(industry || '|-infinity') AS industry_key, industry
FROM {{merchant}}

UNION ALL

SELECT industry_key, label
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(industry_key, label)
