SELECT
  raw.id AS refund_id,
  raw.transaction_id AS payment_id,
  raw.transaction_event_time AS payment_event_time,
  payment.merchant_id,
  payment.location_city,
  payment.location_country,
  raw.amount,
  raw.currency,
  -- Decimals round half away from zero; the wider amount keeps the product from overflowing. Euros have no rate of their own.
  CAST(
    CASE
      WHEN raw.currency = 'EUR' THEN raw.amount
      ELSE ROUND(CAST(raw.amount AS DECIMAL(20, 2)) * rate.rate_to_eur, 2)
    END AS DECIMAL(28, 2)
  ) AS amount_eur,
  -- What the amount contains, in cents, at the payment's rate: amount * rate / (1 + rate).
  CAST(0.01 * rounded_quotient(CAST(raw.amount AS DECIMAL(22, 2)) * payment.tax_rate * 1000000, (1 + payment.tax_rate) * 10000) AS DECIMAL(18, 2)) AS tax_amount,
  CAST(
    CASE
      WHEN raw.currency = 'EUR' THEN tax_amount
      ELSE ROUND(CAST(tax_amount AS DECIMAL(20, 2)) * rate.rate_to_eur, 2)
    END AS DECIMAL(28, 2)
  ) AS tax_amount_eur,
  raw.reason,
  raw.created_at,
  CAST(raw.created_at AT TIME ZONE 'UTC' AS DATE) AS refund_date,
  raw.updated_at
FROM {{raw}} AS raw
ASOF LEFT JOIN {{rate}} AS rate
  ON rate.currency = raw.currency
  AND rate.rate_date <= CAST(raw.created_at AT TIME ZONE 'UTC' AS DATE)
LEFT JOIN (SELECT payment_id, merchant_id, location_city, location_country, tax_rate FROM {{payment}}) AS payment
  ON payment.payment_id = raw.transaction_id
