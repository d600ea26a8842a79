SELECT
  raw.id AS category_id,
  raw.name,
  raw.updated_at
FROM {{raw}} AS raw
