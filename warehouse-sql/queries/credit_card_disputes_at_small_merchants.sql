-- Daily credit card payments in dispute at small merchants: chargebacks, the first sign of fraud.
SELECT
  d.full_date AS day,
  COUNT(*) AS disputed_payments,
  COALESCE(SUM(p.amount_eur), 0) AS disputed_eur
FROM fact_payment AS p
JOIN dim_date AS d ON d.date_key = p.event_date_key
JOIN dim_merchant AS m ON m.merchant_key = p.merchant_key
WHERE p.status = 'disputed'
  AND p.payment_method = 'Credit Card'
  AND m.size = 'Small'
GROUP BY d.full_date
ORDER BY d.full_date
