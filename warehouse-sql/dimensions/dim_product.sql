WITH mentioned AS (
  SELECT product_id FROM {{order_line}}
  UNION
  SELECT product_id FROM {{subscription}}
)

SELECT
  surrogate_key(product_id || '|-infinity') AS product_key,
  product_id,
  name AS product_name,
  surrogate_key(CAST(category_id AS VARCHAR) || '|-infinity') AS product_category_key,
  merchant_id,
  price AS list_price,
  currency AS list_currency,
  is_active,
  created_at AS added_at,
  false AS is_inferred
FROM {{product}}

UNION ALL

SELECT
  surrogate_key(product_id || '|-infinity'), product_id, 'unknown', -1, NULL, NULL, NULL, NULL, CAST(NULL AS TIMESTAMPTZ), true
FROM mentioned
WHERE product_id NOT IN (SELECT product_id FROM {{product}})

UNION ALL

SELECT product_key, NULL, label, product_key, NULL, NULL, NULL, NULL, NULL, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(product_key, label)
