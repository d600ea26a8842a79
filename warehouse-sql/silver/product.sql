SELECT
  raw.id AS product_id,
  raw.merchant_id,
  raw.name,
  raw.category_id,
  raw.price,
  raw.currency,
  raw.is_active,
  raw.created_at,
  raw.updated_at
FROM {{raw}} AS raw
