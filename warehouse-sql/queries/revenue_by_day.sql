-- Revenue by day: gross on the day of the payment, refunds on the day of the refund.
SELECT
  d.full_date AS day,
  CAST(SUM(r.payment_count) AS BIGINT) AS payments,
  SUM(r.gross_eur) AS gross_eur,
  SUM(r.refunds_eur) AS refunds_eur,
  SUM(r.net_eur) AS net_eur,
  CAST(SUM(r.unconverted_count) AS BIGINT) AS without_rate
FROM daily_revenue_by_merchant AS r
JOIN dim_date AS d ON d.date_key = r.revenue_date_key
GROUP BY d.full_date
ORDER BY d.full_date
