SELECT
  raw.country,
  raw.kind,
  raw.valid_from,
  raw.rate
FROM {{raw}} AS raw
