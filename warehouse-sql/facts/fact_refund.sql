SELECT
  refund.refund_id,
  refund.refund_date,
  CAST(strftime(refund.refund_date, '%Y%m%d') AS INTEGER) AS refund_date_key,
  refund.payment_id,
  COALESCE(refund.merchant_id, 'unknown') AS merchant_id,
  COALESCE(merchant.merchant_key, -1) AS merchant_key,
  COALESCE(surrogate_key(refund.location_country || '|' || refund.location_city || '|-infinity'), -1) AS location_key,
  refund.currency,
  surrogate_key(refund.currency || '|-infinity') AS currency_key,
  refund.amount,
  refund.amount_eur,
  refund.tax_amount,
  refund.tax_amount_eur,
  refund.created_at
FROM {{refund}} AS refund
ASOF LEFT JOIN {{merchant}} AS merchant
  ON merchant.merchant_id = refund.merchant_id
  AND merchant.valid_from <= refund.created_at
