-- Payments and refunds as movements of one shape: what only the other kind has is zero.
WITH movement AS (
  SELECT
    event_date AS revenue_date,
    merchant_key,
    merchant_id,
    location_key,
    currency,
    1 AS payments,
    amount AS gross,
    amount_eur AS gross_eur,
    0 AS refunds,
    0 AS refunded,
    0 AS refunded_eur,
    tax_amount AS tax,
    tax_amount_eur AS tax_eur,
    fee_eur,
    CAST(amount_eur IS NULL AS INTEGER) AS unconverted,
    CAST(tax_amount IS NULL AS INTEGER) AS untaxed
  FROM {{payment}}
  WHERE is_captured

  UNION ALL

  SELECT
    refund_date,
    merchant_key,
    merchant_id,
    location_key,
    currency,
    0,
    0,
    0,
    1,
    amount,
    amount_eur,
    -tax_amount,
    -tax_amount_eur,
    0,
    CAST(amount_eur IS NULL AS INTEGER),
    CAST(tax_amount IS NULL AS INTEGER)
  FROM {{refund}}
)

SELECT
  revenue_date,
  CAST(strftime(revenue_date, '%Y%m%d') AS INTEGER) AS revenue_date_key,
  merchant_key,
  merchant_id,
  location_key,
  currency,
  surrogate_key(currency || '|-infinity') AS currency_key,
  CAST(SUM(payments) AS BIGINT) AS payment_count,
  CAST(SUM(gross) AS DECIMAL(38, 2)) AS gross,
  CAST(COALESCE(SUM(gross_eur), 0) AS DECIMAL(38, 2)) AS gross_eur,
  CAST(SUM(refunds) AS BIGINT) AS refund_count,
  CAST(SUM(refunded) AS DECIMAL(38, 2)) AS refunds,
  CAST(COALESCE(SUM(refunded_eur), 0) AS DECIMAL(38, 2)) AS refunds_eur,
  CAST(SUM(gross) - SUM(refunded) AS DECIMAL(38, 2)) AS net,
  CAST(COALESCE(SUM(gross_eur), 0) - COALESCE(SUM(refunded_eur), 0) AS DECIMAL(38, 2)) AS net_eur,
  CAST(COALESCE(SUM(tax), 0) AS DECIMAL(38, 2)) AS tax,
  CAST(COALESCE(SUM(tax_eur), 0) AS DECIMAL(38, 2)) AS tax_eur,
  CAST(COALESCE(SUM(fee_eur), 0) AS DECIMAL(38, 2)) AS fees_eur,
  CAST(SUM(unconverted) AS BIGINT) AS unconverted_count,
  CAST(SUM(untaxed) AS BIGINT) AS untaxed_count
FROM movement
GROUP BY revenue_date, merchant_key, merchant_id, location_key, currency
