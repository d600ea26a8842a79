SELECT
  refund_id,
  refund_date,
  CAST(strftime(refund_date, '%Y%m%d') AS INTEGER) AS refund_date_key,
  payment_id,
  COALESCE(merchant_id, 'unknown') AS merchant_id,
  COALESCE(surrogate_key(merchant_id || '|-infinity'), -1) AS merchant_key,
  COALESCE(surrogate_key(location_country || '|' || location_city || '|-infinity'), -1) AS location_key,
  currency,
  surrogate_key(currency || '|-infinity') AS currency_key,
  amount,
  amount_eur,
  tax_amount,
  tax_amount_eur,
  created_at
FROM {{refund}}
