SELECT
  surrogate_key(CAST(category_id AS VARCHAR) || '|-infinity') AS product_category_key,
  category_id,
  name AS category,
  false AS is_inferred
FROM {{category}}

UNION ALL

SELECT DISTINCT surrogate_key(CAST(category_id AS VARCHAR) || '|-infinity'), category_id, 'unknown', true
FROM {{product}}
WHERE category_id NOT IN (SELECT category_id FROM {{category}})

UNION ALL

SELECT product_category_key, NULL, label, false
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(product_category_key, label)
