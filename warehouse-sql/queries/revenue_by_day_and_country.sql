-- Revenue by day and country of the merchant.
SELECT
  d.full_date AS day,
  c.name AS country,
  CAST(SUM(r.payment_count) AS BIGINT) AS payments,
  SUM(r.gross_eur) AS gross_eur,
  SUM(r.refunds_eur) AS refunds_eur,
  SUM(r.net_eur) AS net_eur
FROM daily_revenue_by_merchant AS r
JOIN dim_date AS d ON d.date_key = r.revenue_date_key
JOIN dim_merchant AS m ON m.merchant_key = r.merchant_key
JOIN dim_country AS c ON c.country_key = m.country_key
GROUP BY d.full_date, c.name
ORDER BY d.full_date, c.name
