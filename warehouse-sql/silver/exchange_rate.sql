SELECT
  raw.currency,
  raw.rate_date,
  raw.rate_to_eur,
  raw.updated_at
FROM {{raw}} AS raw
