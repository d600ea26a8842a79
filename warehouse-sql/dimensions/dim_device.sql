SELECT surrogate_key(device_type || '|-infinity') AS device_key, device_type, false AS is_inferred
FROM {{device_type}}

UNION ALL

SELECT DISTINCT surrogate_key(natural_key || '|-infinity'), natural_key, true
FROM {{mention}}
WHERE kind = 'device'
  AND natural_key NOT IN (SELECT device_type FROM {{device_type}})

UNION ALL

SELECT device_key, label, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(device_key, label)
