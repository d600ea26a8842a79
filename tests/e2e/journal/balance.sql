SELECT
  account,
  COUNT(*) AS entries,
  CAST(SUM(amount) AS DECIMAL(38, 2)) AS balance
FROM {{entry}}
GROUP BY account
