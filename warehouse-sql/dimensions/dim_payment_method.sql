WITH member AS (
  SELECT payment_method, false AS is_inferred FROM {{payment_method}}

  UNION ALL

  SELECT DISTINCT natural_key, true
  FROM {{mention}}
  WHERE kind = 'payment_method'
    AND natural_key NOT IN (SELECT payment_method FROM {{payment_method}})
)

SELECT
  surrogate_key(payment_method || '|-infinity') AS payment_method_key,
  payment_method,
  payment_method LIKE '% Card' AS is_card,
  is_inferred
FROM member

UNION ALL

SELECT payment_method_key, label, false, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(payment_method_key, label)
