-- Keys are computed, not looked up: every dimension holds a row for whatever a payment mentions.
SELECT
  payment_id,
  event_date,
  CAST(strftime(event_date, '%Y%m%d') AS INTEGER) AS event_date_key,
  CAST(strftime(created_at AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER) AS created_date_key,
  COALESCE(surrogate_key(customer_id || '|-infinity'), -1) AS customer_key,
  COALESCE(surrogate_key(merchant_id || '|-infinity'), -1) AS merchant_key,
  COALESCE(surrogate_key(billing_country || '|-infinity'), -1) AS billing_country_key,
  COALESCE(surrogate_key(location_country || '|-infinity'), -1) AS location_country_key,
  status,
  is_captured,
  payment_method,
  COALESCE(device_type, 'unknown') AS device_type,
  currency,
  amount,
  amount_eur,
  event_time,
  updated_at
FROM {{payment}}
