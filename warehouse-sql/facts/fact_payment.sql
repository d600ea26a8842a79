-- What disputes say about a payment; most have none.
WITH disputed AS (
  SELECT
    payment_id,
    bool_or(is_fraud) AS is_fraud,
    MIN(created_at) FILTER (is_fraud) AS fraud_known_at
  FROM {{dispute}}
  GROUP BY payment_id
)

-- Customer and merchant as they were when the customer paid. The other keys are computed: every dimension holds a row for
-- whatever a payment mentions.
SELECT
  payment.payment_id,
  payment.event_date,
  CAST(strftime(payment.event_date, '%Y%m%d') AS INTEGER) AS event_date_key,
  CAST(strftime(payment.created_at AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER) AS created_date_key,
  payment.customer_id,
  COALESCE(customer.customer_key, -1) AS customer_key,
  payment.merchant_id,
  COALESCE(merchant.merchant_key, -1) AS merchant_key,
  COALESCE(merchant.size, 'unknown') AS merchant_size,
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
  CAST(
    CASE WHEN payment.is_captured THEN ROUND(payment.amount_eur * fee.share, 2) + fee.fixed_eur ELSE 0 END AS DECIMAL(28, 2)
  ) AS fee_eur,
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
ASOF LEFT JOIN {{customer}} AS customer
  ON customer.customer_id = payment.customer_id
  AND customer.valid_from <= payment.event_time
ASOF LEFT JOIN {{merchant}} AS merchant
  ON merchant.merchant_id = payment.merchant_id
  AND merchant.valid_from <= payment.event_time
ASOF LEFT JOIN {{fee}} AS fee
  ON fee.payment_method = payment.payment_method
  AND fee.merchant_size = merchant.size
  AND fee.valid_from <= payment.event_date
