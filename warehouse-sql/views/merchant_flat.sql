SELECT
  m.merchant_key,
  m.merchant_id,
  m.name AS merchant_name,
  i.industry AS merchant_industry,
  m.size AS merchant_size,
  l.city AS merchant_city,
  c.country_code AS merchant_country_code,
  c.name AS merchant_country,
  r.region AS merchant_region,
  m.signed_up_at,
  m.valid_from,
  m.valid_to,
  m.is_current,
  m.is_inferred
FROM {{dim_merchant}} AS m
JOIN {{dim_industry}} AS i ON i.industry_key = m.industry_key
JOIN {{dim_location}} AS l ON l.location_key = m.location_key
JOIN {{dim_country}} AS c ON c.country_key = m.country_key
JOIN {{dim_region}} AS r ON r.region_key = c.region_key
