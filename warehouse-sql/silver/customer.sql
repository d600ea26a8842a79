SELECT
  raw.id AS customer_id,
  raw.user_name,
  raw.email,
  raw.full_name,
  raw.segment,
  raw.country,
  raw.city,
  raw.created_at,
  raw.updated_at
FROM {{raw}} AS raw
