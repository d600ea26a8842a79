-- What customers spent while they were premium customers and lived in France, by year: captured payments in euros, before refunds.
SELECT
  d.year,
  COUNT(DISTINCT p.customer_id) AS customers,
  COUNT(*) AS payments,
  COALESCE(SUM(p.amount_eur), 0) AS spent_eur
FROM fact_payment AS p
JOIN dim_date AS d ON d.date_key = p.event_date_key
JOIN dim_customer AS u ON u.customer_key = p.customer_key
JOIN dim_country AS c ON c.country_key = u.country_key
WHERE p.is_captured
  AND u.segment = 'Premium'
  AND c.country_code = 'FR'
GROUP BY d.year
ORDER BY d.year
