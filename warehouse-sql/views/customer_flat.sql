SELECT
  u.customer_key,
  u.customer_id,
  u.segment AS customer_segment,
  l.city AS customer_city,
  c.country_code AS customer_country_code,
  c.name AS customer_country,
  r.region AS customer_region,
  u.registered_at,
  u.valid_from,
  u.valid_to,
  u.is_current,
  u.is_inferred
FROM {{dim_customer}} AS u
JOIN {{dim_location}} AS l ON l.location_key = u.location_key
JOIN {{dim_country}} AS c ON c.country_key = u.country_key
JOIN {{dim_region}} AS r ON r.region_key = c.region_key
