SELECT
  raw.id AS subscription_id,
  raw.customer_id,
  raw.merchant_id,
  raw.product_id,
  raw.plan,
  raw.amount,
  raw.currency,
  raw.billing_interval,
  CAST(
    raw.amount * CASE raw.billing_interval WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END
    AS DECIMAL(28, 2)
  ) AS yearly_amount,
  raw.status,
  raw.started_at,
  raw.cancelled_at,
  raw.updated_at
FROM {{raw}} AS raw
