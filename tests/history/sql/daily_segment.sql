SELECT paid_on, segment, COUNT(*) AS payments, CAST(SUM(amount) AS DECIMAL(38, 2)) AS amount
FROM {{fact}}
GROUP BY ALL
