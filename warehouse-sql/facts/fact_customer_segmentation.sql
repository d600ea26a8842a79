SELECT
  event_date,
  event_date_key,
  customer_id,
  customer_key,
  location_key,
  COUNT(*) AS transaction_count,
  CAST(COALESCE(SUM(amount_eur), 0) AS DECIMAL(38, 2)) AS total_spent_eur
FROM {{payment}}
WHERE is_captured
GROUP BY event_date, event_date_key, customer_id, customer_key, location_key
