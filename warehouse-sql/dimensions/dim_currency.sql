SELECT surrogate_key(currency || '|-infinity') AS currency_key, currency, exponent, false AS is_inferred
FROM {{currency}}

UNION ALL

SELECT DISTINCT surrogate_key(natural_key || '|-infinity'), natural_key, CAST(NULL AS INTEGER), true
FROM {{mention}}
WHERE kind = 'currency'
  AND natural_key NOT IN (SELECT currency FROM {{currency}})

UNION ALL

SELECT currency_key, label, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(currency_key, label)
