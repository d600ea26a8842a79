SELECT
  raw.country,
  raw.name AS city,
  raw.timezone,
  raw.updated_at
FROM {{raw}} AS raw
