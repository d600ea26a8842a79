SELECT
  raw.id AS payment_id,
  raw.status,
  raw.status IN ('succeeded', 'refunded', 'disputed') AS is_captured,
  raw.merchant_id,
  raw.customer_id,
  raw.amount,
  raw.currency,
  -- Decimals round half away from zero; the wider amount keeps the product from overflowing. Euros have no rate of their own.
  CAST(
    CASE
      WHEN raw.currency = 'EUR' THEN raw.amount
      ELSE ROUND(CAST(raw.amount AS DECIMAL(20, 2)) * rate.rate_to_eur, 2)
    END AS DECIMAL(28, 2)
  ) AS amount_eur,
  raw.payment_method,
  raw.device_type,
  raw.billing_street,
  raw.billing_city,
  raw.billing_postal_code,
  raw.billing_country,
  raw.ip_address,
  raw.location_city,
  raw.location_country,
  raw.event_time,
  CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE) AS event_date,
  raw.created_at,
  raw.updated_at
FROM {{raw}} AS raw
-- The latest rate up to the day of the payment: weekends have none of their own.
ASOF LEFT JOIN {{rate}} AS rate
  ON rate.currency = raw.currency
  AND rate.rate_date <= CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE)
