SELECT
  raw.payment_method,
  raw.merchant_size,
  raw.valid_from,
  raw.percent AS share,
  raw.fixed_eur,
  raw.updated_at
FROM {{raw}} AS raw
