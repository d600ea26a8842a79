SELECT
  date_key AS session_date_key,
  full_date AS session_date,
  year AS session_year,
  quarter AS session_quarter,
  month AS session_month,
  iso_year AS session_iso_year,
  iso_week AS session_iso_week,
  is_weekend AS session_is_weekend
FROM {{dim_date}}
