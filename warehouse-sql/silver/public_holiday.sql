SELECT
  raw.country,
  raw.holiday_date,
  raw.name
FROM {{raw}} AS raw
