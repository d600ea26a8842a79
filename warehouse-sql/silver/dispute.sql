SELECT
  raw.id AS dispute_id,
  raw.transaction_id AS payment_id,
  raw.transaction_event_time AS payment_event_time,
  CAST(raw.transaction_event_time AT TIME ZONE 'UTC' AS DATE) AS payment_date,
  raw.amount,
  raw.currency,
  -- Decimals round half away from zero; the wider amount keeps the product from overflowing. Euros have no rate of their own.
  CAST(
    CASE
      WHEN raw.currency = 'EUR' THEN raw.amount
      ELSE ROUND(CAST(raw.amount AS DECIMAL(20, 2)) * rate.rate_to_eur, 2)
    END AS DECIMAL(28, 2)
  ) AS amount_eur,
  raw.reason,
  raw.reason = 'fraudulent' AS is_fraud,
  raw.status,
  raw.created_at,
  raw.closed_at,
  raw.updated_at
FROM {{raw}} AS raw
ASOF LEFT JOIN {{rate}} AS rate
  ON rate.currency = raw.currency
  AND rate.rate_date <= CAST(raw.transaction_event_time AT TIME ZONE 'UTC' AS DATE)
