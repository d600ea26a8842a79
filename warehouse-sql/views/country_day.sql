SELECT
  d.date_key,
  c.country_key,
  d.full_date,
  c.country_code,
  d.is_weekend,
  h.holiday_name IS NOT NULL AS is_holiday,
  h.holiday_name,
  NOT d.is_weekend AND h.holiday_name IS NULL AS is_working_day
FROM {{dim_date}} AS d
CROSS JOIN {{dim_country}} AS c
LEFT JOIN {{dim_holiday}} AS h ON h.date_key = d.date_key AND h.country_key = c.country_key
WHERE d.date_key > 0
  AND c.country_code IS NOT NULL
