SELECT
  raw.id,
  raw.account,
  raw.amount,
  raw.updated_at
FROM {{raw}} AS raw
