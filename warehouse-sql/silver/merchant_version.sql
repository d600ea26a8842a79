SELECT
  raw.id AS merchant_id,
  raw.updated_at AS changed_at,
  raw._op = 'd' AS is_deleted,
  raw.name,
  raw.industry,
  raw.size,
  raw.country,
  raw.city,
  raw.created_at
FROM {{raw}} AS raw
