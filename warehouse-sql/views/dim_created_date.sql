SELECT
  date_key AS created_date_key,
  full_date AS created_date,
  year AS created_year,
  quarter AS created_quarter,
  month AS created_month,
  iso_year AS created_iso_year,
  iso_week AS created_iso_week,
  is_weekend AS created_is_weekend
FROM {{dim_date}}
