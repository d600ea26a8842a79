-- Revenue by month.
SELECT
  d.year,
  d.month,
  SUM(r.gross_eur) AS gross_eur,
  SUM(r.refunds_eur) AS refunds_eur,
  SUM(r.net_eur) AS net_eur
FROM daily_revenue_by_merchant AS r
JOIN dim_date AS d ON d.date_key = r.revenue_date_key
GROUP BY d.year, d.month
ORDER BY d.year, d.month
