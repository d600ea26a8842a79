SELECT
  raw.id AS payment_id,
  raw.customer_id,
  raw.amount,
  CAST(raw.paid_at AT TIME ZONE 'UTC' AS DATE) AS paid_on,
  raw.paid_at,
  raw.updated_at
FROM {{raw}} AS raw
