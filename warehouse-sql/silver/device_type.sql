SELECT
  raw.name AS device_type,
  raw.updated_at
FROM {{raw}} AS raw
