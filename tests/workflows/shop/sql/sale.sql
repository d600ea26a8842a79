SELECT
  s.id,
  s.amount,
  s.currency,
  CASE WHEN s.currency = 'EUR' THEN s.amount ELSE (s.amount * r.rate)::DECIMAL(18, 2) END AS amount_eur,
  s.sold_at::DATE AS sale_date,
  s.sold_at,
  s.updated_at
FROM {{raw}} s
ASOF LEFT JOIN {{rate}} r ON r.currency = s.currency AND r.rate_date <= s.sold_at::DATE
