SELECT
  date_key AS refund_date_key,
  full_date AS refund_date,
  year AS refund_year,
  quarter AS refund_quarter,
  month AS refund_month,
  iso_year AS refund_iso_year,
  iso_week AS refund_iso_week,
  is_weekend AS refund_is_weekend
FROM {{dim_date}}
