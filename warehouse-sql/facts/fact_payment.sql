-- What disputes say about a payment; most have none.
WITH disputed AS (
  SELECT
    payment_id,
    bool_or(is_fraud) AS is_fraud,
    MIN(created_at) FILTER (is_fraud) AS fraud_known_at
  FROM {{dispute}}
  GROUP BY payment_id
)

-- Keys are computed, not looked up: every dimension holds a row for whatever a payment mentions.
SELECT
  payment.payment_id,
  payment.event_date,
  CAST(strftime(payment.event_date, '%Y%m%d') AS INTEGER) AS event_date_key,
  CAST(strftime(payment.created_at AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER) AS created_date_key,
  payment.customer_id,
  COALESCE(surrogate_key(payment.customer_id || '|-infinity'), -1) AS customer_key,
  payment.merchant_id,
  COALESCE(surrogate_key(payment.merchant_id || '|-infinity'), -1) AS merchant_key,
  COALESCE(surrogate_key(payment.billing_country || '|-infinity'), -1) AS billing_country_key,
  COALESCE(surrogate_key(payment.location_country || '|-infinity'), -1) AS location_country_key,
  COALESCE(surrogate_key(payment.location_country || '|' || payment.location_city || '|-infinity'), -1) AS location_key,
  payment.status,
  payment.is_captured,
  payment.payment_method,
  surrogate_key(payment.payment_method || '|-infinity') AS payment_method_key,
  COALESCE(payment.device_type, 'unknown') AS device_type,
  COALESCE(surrogate_key(payment.device_type || '|-infinity'), -1) AS device_key,
  payment.currency,
  surrogate_key(payment.currency || '|-infinity') AS currency_key,
  payment.amount,
  payment.amount_eur,
  payment.tax_rate,
  payment.tax_amount,
  payment.tax_amount_eur,
  disputed.payment_id IS NOT NULL AS is_disputed,
  COALESCE(disputed.is_fraud, false) AS is_fraud,
  disputed.fraud_known_at,
  payment.is_holiday,
  payment.subscription_id IS NOT NULL AS is_subscription,
  payment.event_time,
  payment.updated_at
FROM {{payment}} AS payment
LEFT JOIN disputed
  ON disputed.payment_id = payment.payment_id
