-- Keys are made of the natural key and the bound from which the row is valid; the first row of each is valid since ever.
-- An inferred member has the key that the real row will have, so filling it in later moves no fact.
SELECT
  surrogate_key(customer_id || '|-infinity') AS customer_key,
  customer_id,
  segment,
  COALESCE(surrogate_key(country || '|-infinity'), -1) AS country_key,
  created_at AS registered_at,
  false AS is_inferred
FROM {{customer}}

UNION ALL

SELECT DISTINCT surrogate_key(customer_id || '|-infinity'), customer_id, 'unknown', -1, CAST(NULL AS TIMESTAMPTZ), true
FROM {{payment}}
WHERE customer_id NOT IN (SELECT customer_id FROM {{customer}})

UNION ALL

SELECT customer_key, NULL, label, customer_key, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(customer_key, label)
