-- Credit card payments at small merchants and how many of them are known to be fraud by now, by day of the payment.
SELECT
  d.full_date AS day,
  CAST(SUM(f.payment_count) AS BIGINT) AS payments,
  CAST(SUM(f.fraud_count) AS BIGINT) AS frauds,
  SUM(f.fraud_amount_eur) AS fraud_eur
FROM fact_fraud_analysis AS f
JOIN dim_date AS d ON d.date_key = f.event_date_key
JOIN dim_merchant AS m ON m.merchant_key = f.merchant_key
JOIN dim_payment_method AS w ON w.payment_method_key = f.payment_method_key
WHERE w.payment_method = 'Credit Card'
  AND m.size = 'Small'
GROUP BY d.full_date
ORDER BY d.full_date
