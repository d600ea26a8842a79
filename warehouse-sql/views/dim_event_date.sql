SELECT
  date_key AS event_date_key,
  full_date AS event_date,
  year AS event_year,
  quarter AS event_quarter,
  month AS event_month,
  iso_year AS event_iso_year,
  iso_week AS event_iso_week,
  is_weekend AS event_is_weekend
FROM {{dim_date}}
