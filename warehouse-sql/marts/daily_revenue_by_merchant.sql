SELECT
  revenue_date,
  revenue_date_key,
  merchant_key,
  merchant_id,
  currency,
  CAST(SUM(payment_count) AS BIGINT) AS payment_count,
  CAST(SUM(gross) AS DECIMAL(38, 2)) AS gross,
  CAST(SUM(gross_eur) AS DECIMAL(38, 2)) AS gross_eur,
  CAST(SUM(refund_count) AS BIGINT) AS refund_count,
  CAST(SUM(refunds) AS DECIMAL(38, 2)) AS refunds,
  CAST(SUM(refunds_eur) AS DECIMAL(38, 2)) AS refunds_eur,
  CAST(SUM(net) AS DECIMAL(38, 2)) AS net,
  CAST(SUM(net_eur) AS DECIMAL(38, 2)) AS net_eur,
  CAST(SUM(tax) AS DECIMAL(38, 2)) AS tax,
  CAST(SUM(tax_eur) AS DECIMAL(38, 2)) AS tax_eur,
  CAST(SUM(fees_eur) AS DECIMAL(38, 2)) AS fees_eur,
  CAST(SUM(unconverted_count) AS BIGINT) AS unconverted_count,
  CAST(SUM(untaxed_count) AS BIGINT) AS untaxed_count
FROM {{revenue}}
GROUP BY revenue_date, revenue_date_key, merchant_key, merchant_id, currency
