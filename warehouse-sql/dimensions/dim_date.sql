-- A fixed span, so that the calendar never depends on the day it is built.
WITH calendar AS (
  SELECT CAST(unnest(generate_series(DATE '2020-01-01', DATE '2035-12-31', INTERVAL 1 DAY)) AS DATE) AS full_date
)
SELECT
  CAST(strftime(full_date, '%Y%m%d') AS INTEGER) AS date_key,
  full_date,
  CAST(year(full_date) AS INTEGER) AS year,
  CAST(quarter(full_date) AS INTEGER) AS quarter,
  CAST(month(full_date) AS INTEGER) AS month,
  monthname(full_date) AS month_name,
  CAST(day(full_date) AS INTEGER) AS day_of_month,
  CAST(isodow(full_date) AS INTEGER) AS day_of_week,
  dayname(full_date) AS day_name,
  CAST(isoyear(full_date) AS INTEGER) AS iso_year,
  CAST(weekofyear(full_date) AS INTEGER) AS iso_week,
  CAST(date_trunc('week', full_date) AS DATE) AS week_start,
  CAST(date_trunc('month', full_date) AS DATE) AS month_start,
  isodow(full_date) >= 6 AS is_weekend
FROM calendar

UNION ALL

SELECT date_key, NULL, NULL, NULL, NULL, label, NULL, NULL, label, NULL, NULL, NULL, NULL, NULL
FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) AS members(date_key, label)
