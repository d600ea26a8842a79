SELECT
  raw.code AS currency,
  raw.exponent,
  raw.updated_at
FROM {{raw}} AS raw
