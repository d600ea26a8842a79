SELECT
  p.payment_id,
  p.event_date,
  d.year AS event_year,
  d.quarter AS event_quarter,
  d.month AS event_month,
  d.iso_year AS event_iso_year,
  d.iso_week AS event_iso_week,
  d.is_weekend AS event_is_weekend,
  p.status,
  p.is_captured,
  u.customer_id,
  u.segment AS customer_segment,
  uc.country_code AS customer_country_code,
  uc.name AS customer_country,
  m.merchant_id,
  m.name AS merchant_name,
  i.industry AS merchant_industry,
  m.size AS merchant_size,
  mc.country_code AS merchant_country_code,
  mc.name AS merchant_country,
  mr.region AS merchant_region,
  l.city AS location_city,
  lc.country_code AS location_country_code,
  lc.name AS location_country,
  w.payment_method,
  w.is_card,
  v.device_type,
  p.currency,
  p.amount,
  p.amount_eur,
  p.tax_amount_eur,
  p.fee_eur,
  p.is_disputed,
  p.is_fraud,
  p.is_holiday,
  p.is_subscription,
  p.event_time
FROM {{fact_payment}} AS p
JOIN {{dim_date}} AS d ON d.date_key = p.event_date_key
JOIN {{dim_customer}} AS u ON u.customer_key = p.customer_key
JOIN {{dim_country}} AS uc ON uc.country_key = u.country_key
JOIN {{dim_merchant}} AS m ON m.merchant_key = p.merchant_key
JOIN {{dim_industry}} AS i ON i.industry_key = m.industry_key
JOIN {{dim_country}} AS mc ON mc.country_key = m.country_key
JOIN {{dim_region}} AS mr ON mr.region_key = mc.region_key
JOIN {{dim_location}} AS l ON l.location_key = p.location_key
JOIN {{dim_country}} AS lc ON lc.country_key = p.location_country_key
JOIN {{dim_payment_method}} AS w ON w.payment_method_key = p.payment_method_key
JOIN {{dim_device}} AS v ON v.device_key = p.device_key
