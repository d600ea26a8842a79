SELECT
  raw.code AS country_code,
  raw.name,
  raw.region,
  raw.currency,
  raw.updated_at
FROM {{raw}} AS raw
