SELECT
  payment_id,
  event_time,
  event_date,
  GREATEST(event_time, created_at) AS seen_at,
  customer_id,
  merchant_id,
  card_token,
  ip_address,
  amount_eur,
  currency,
  payment_method,
  device_type,
  billing_country,
  location_country,
  card_country
FROM {{payment}}
