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
  COALESCE(raw.billing_country, raw.location_country) AS tax_country,
  tax.rate AS tax_rate,
  -- What the amount contains, in cents: amount * rate / (1 + rate).
  CAST(0.01 * rounded_quotient(CAST(raw.amount AS DECIMAL(22, 2)) * tax.rate * 1000000, (1 + tax.rate) * 10000) AS DECIMAL(18, 2)) AS tax_amount,
  CAST(
    CASE
      WHEN raw.currency = 'EUR' THEN tax_amount
      ELSE ROUND(CAST(tax_amount AS DECIMAL(20, 2)) * rate.rate_to_eur, 2)
    END AS DECIMAL(28, 2)
  ) AS tax_amount_eur,
  holiday.holiday_date IS NOT NULL AS is_holiday,
  raw.payment_method,
  raw.device_type,
  raw.billing_street,
  raw.billing_city,
  raw.billing_postal_code,
  raw.billing_country,
  raw.ip_address,
  raw.location_city,
  raw.location_country,
  raw.card_token,
  raw.card_country,
  raw.subscription_id,
  raw.event_time,
  CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE) AS event_date,
  raw.created_at,
  raw.updated_at
FROM {{raw}} AS raw
-- The latest rate up to the day of the payment: weekends have none of their own.
ASOF LEFT JOIN {{rate}} AS rate
  ON rate.currency = raw.currency
  AND rate.rate_date <= CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE)
ASOF LEFT JOIN (SELECT * FROM {{tax}} WHERE kind = 'standard') AS tax
  ON tax.country = COALESCE(raw.billing_country, raw.location_country)
  AND tax.valid_from <= CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE)
LEFT JOIN {{holiday}} AS holiday
  ON holiday.country = COALESCE(raw.billing_country, raw.location_country)
  AND holiday.holiday_date = CAST(raw.event_time AT TIME ZONE 'UTC' AS DATE)
