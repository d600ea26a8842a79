WITH total AS (
  SELECT
    CAST(date_trunc('month', event_date) AS DATE) AS month_start,
    location_country_key,
    payment_method,
    payment_method_key,
    COUNT(*) AS payment_count,
    COALESCE(SUM(amount_eur), 0) AS amount_eur,
    COUNT(*) FILTER (is_disputed) AS disputed_count,
    COUNT(*) FILTER (is_fraud) AS fraud_count,
    COALESCE(SUM(amount_eur) FILTER (is_fraud), 0) AS fraud_amount_eur,
    COUNT(DISTINCT customer_id) FILTER (is_fraud) AS defrauded_customer_count,
    COUNT(DISTINCT merchant_id) FILTER (is_fraud) AS defrauded_merchant_count
  FROM {{payment}}
  WHERE is_captured
  GROUP BY month_start, location_country_key, payment_method, payment_method_key
)

SELECT
  month_start,
  CAST(strftime(month_start, '%Y%m%d') AS INTEGER) AS month_start_date_key,
  location_country_key,
  payment_method,
  payment_method_key,
  payment_count,
  CAST(amount_eur AS DECIMAL(38, 2)) AS amount_eur,
  disputed_count,
  fraud_count,
  CAST(fraud_amount_eur AS DECIMAL(38, 2)) AS fraud_amount_eur,
  defrauded_customer_count,
  defrauded_merchant_count,
  CAST(0.000001 * rounded_quotient(1000000 * fraud_count, payment_count) AS DECIMAL(9, 6)) AS fraud_share
FROM total
