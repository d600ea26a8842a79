SELECT
  raw.name AS payment_method,
  raw.updated_at
FROM {{raw}} AS raw
