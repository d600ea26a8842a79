WITH movement AS (
  SELECT
    'payment' AS kind, event_date AS revenue_date, merchant_id, currency, amount, amount_eur
  FROM {{payment}}
  WHERE is_captured

  UNION ALL

  SELECT
    'refund', refund_date, COALESCE(merchant_id, 'unknown'), currency, amount, amount_eur
  FROM {{refund}}
),

total AS (
  SELECT
    revenue_date,
    merchant_id,
    currency,
    COUNT(*) FILTER (kind = 'payment') AS payment_count,
    COALESCE(SUM(amount) FILTER (kind = 'payment'), 0) AS gross,
    COALESCE(SUM(amount_eur) FILTER (kind = 'payment'), 0) AS gross_eur,
    COUNT(*) FILTER (kind = 'refund') AS refund_count,
    COALESCE(SUM(amount) FILTER (kind = 'refund'), 0) AS refunds,
    COALESCE(SUM(amount_eur) FILTER (kind = 'refund'), 0) AS refunds_eur,
    COUNT(*) FILTER (amount_eur IS NULL) AS unconverted_count
  FROM movement
  GROUP BY revenue_date, merchant_id, currency
)

SELECT
  revenue_date,
  CAST(strftime(revenue_date, '%Y%m%d') AS INTEGER) AS revenue_date_key,
  merchant_id,
  CASE WHEN merchant_id = 'unknown' THEN -1 ELSE surrogate_key(merchant_id || '|-infinity') END AS merchant_key,
  currency,
  payment_count,
  CAST(gross AS DECIMAL(38, 2)) AS gross,
  CAST(gross_eur AS DECIMAL(38, 2)) AS gross_eur,
  refund_count,
  CAST(refunds AS DECIMAL(38, 2)) AS refunds,
  CAST(refunds_eur AS DECIMAL(38, 2)) AS refunds_eur,
  CAST(gross - refunds AS DECIMAL(38, 2)) AS net,
  CAST(gross_eur - refunds_eur AS DECIMAL(38, 2)) AS net_eur,
  unconverted_count
FROM total
