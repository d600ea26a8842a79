SELECT
  CAST(date_trunc('month', line.payment_date) AS DATE) AS month_start,
  CAST(strftime(month_start, '%Y%m%d') AS INTEGER) AS month_start_date_key,
  line.product_id,
  surrogate_key(line.product_id || '|-infinity') AS product_key,
  COUNT(DISTINCT line.payment_id) AS order_count,
  CAST(SUM(line.quantity) AS BIGINT) AS quantity,
  CAST(COALESCE(SUM(line.amount_eur), 0) AS DECIMAL(38, 2)) AS gross_eur,
  COUNT(DISTINCT payment.customer_id) AS customer_count,
  COUNT(DISTINCT line.payment_id) FILTER (payment.status = 'refunded') AS refunded_order_count,
  COUNT(DISTINCT line.payment_id) FILTER (payment.status = 'disputed') AS disputed_order_count,
  COUNT(*) FILTER (line.amount_eur IS NULL) AS unconverted_count
FROM {{line}} AS line
JOIN {{payment}} AS payment
  ON payment.payment_id = line.payment_id
WHERE payment.is_captured
GROUP BY month_start, line.product_id
