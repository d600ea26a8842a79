SELECT
  raw.id AS customer_id,
  raw.updated_at AS changed_at,
  raw._op = 'd' AS is_deleted,
  raw.segment,
  raw.country,
  raw.city,
  raw.created_at
FROM {{raw}} AS raw
