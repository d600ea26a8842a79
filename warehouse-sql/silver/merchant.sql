SELECT
  raw.id AS merchant_id,
  raw.name,
  raw.industry,
  raw.size,
  raw.country,
  raw.city,
  raw.created_at,
  raw.updated_at
FROM {{raw}} AS raw
