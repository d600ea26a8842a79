SELECT sale_date, count(*)::BIGINT AS sales, sum(amount_eur)::DECIMAL(38, 2) AS amount_eur
FROM {{sale}}
GROUP BY sale_date
