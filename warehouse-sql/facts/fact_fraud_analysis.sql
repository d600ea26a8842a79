SELECT
  event_date,
  event_date_key,
  customer_key,
  merchant_key,
  location_key,
  payment_method,
  payment_method_key,
  COUNT(*) AS payment_count,
  CAST(COALESCE(SUM(amount_eur), 0) AS DECIMAL(38, 2)) AS amount_eur,
  COUNT(*) FILTER (is_fraud) AS fraud_count,
  CAST(COALESCE(SUM(amount_eur) FILTER (is_fraud), 0) AS DECIMAL(38, 2)) AS fraud_amount_eur
FROM {{payment}}
WHERE is_captured
GROUP BY event_date, event_date_key, customer_key, merchant_key, location_key, payment_method, payment_method_key
