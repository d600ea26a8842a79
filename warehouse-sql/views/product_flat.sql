SELECT
  p.product_key,
  p.product_id,
  p.product_name,
  g.category AS product_category,
  p.merchant_id,
  p.list_price,
  p.list_currency,
  p.is_active,
  p.added_at,
  p.is_inferred
FROM {{dim_product}} AS p
JOIN {{dim_product_category}} AS g ON g.product_category_key = p.product_category_key
