SELECT
  surrogate_key(country || '|-infinity') AS country_key,
  CAST(strftime(holiday_date, '%Y%m%d') AS INTEGER) AS date_key,
  holiday_date,
  country AS country_code,
  name AS holiday_name
FROM {{holiday}}
-- The span of dim_date.
WHERE holiday_date BETWEEN DATE '2020-01-01' AND DATE '2035-12-31'
