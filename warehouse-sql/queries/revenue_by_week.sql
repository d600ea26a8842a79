-- Revenue by ISO week.
SELECT
  d.iso_year,
  d.iso_week,
  d.week_start,
  SUM(r.gross_eur) AS gross_eur,
  SUM(r.refunds_eur) AS refunds_eur,
  SUM(r.net_eur) AS net_eur
FROM daily_revenue_by_merchant AS r
JOIN dim_date AS d ON d.date_key = r.revenue_date_key
GROUP BY d.iso_year, d.iso_week, d.week_start
ORDER BY d.week_start
