SELECT
  id,
  customer_id,
  amount,
  shop,
  happened_at,
  CAST(happened_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
  1.0::DOUBLE AS fixed,
  NULL::DOUBLE AS never
FROM {{raw}}
