-- Tax contained in the revenue of retail merchants in France, by month: that of the payments, less that of the refunds.
SELECT
  d.year,
  d.month,
  SUM(r.net_eur) AS net_eur,
  SUM(r.tax_eur) AS tax_eur,
  CAST(SUM(r.untaxed_count) AS BIGINT) AS without_tax_rate
FROM fact_revenue AS r
JOIN dim_date AS d ON d.date_key = r.revenue_date_key
JOIN dim_merchant AS m ON m.merchant_key = r.merchant_key
JOIN dim_industry AS i ON i.industry_key = m.industry_key
JOIN dim_country AS c ON c.country_key = m.country_key
WHERE i.industry = 'Retail'
  AND c.country_code = 'FR'
GROUP BY d.year, d.month
ORDER BY d.year, d.month
