-- Keys are made of the natural key and the bound from which the row is valid; the first row of each is valid since ever.
-- An inferred member has the key that the real row will have, so filling it in later moves no fact.
SELECT
  surrogate_key(merchant_id || '|-infinity') AS merchant_key,
  merchant_id,
  name,
  industry,
  size,
  COALESCE(surrogate_key(country || '|-infinity'), -1) AS country_key,
  created_at AS signed_up_at,
  false AS is_inferred
FROM {{merchant}}

UNION ALL

SELECT DISTINCT
  surrogate_key(merchant_id || '|-infinity'), merchant_id, 'unknown', 'unknown', 'unknown', -1, CAST(NULL AS TIMESTAMPTZ), true
FROM {{payment}}
WHERE merchant_id NOT IN (SELECT merchant_id FROM {{merchant}})

UNION ALL

SELECT merchant_key, NULL, label, label, label, merchant_key, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(merchant_key, label)
