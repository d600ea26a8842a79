WITH place AS (
  SELECT event_date AS mention_date, location_country AS country, location_city AS city FROM {{payment}}
  UNION ALL
  SELECT event_date, billing_country, NULL FROM {{payment}}
  UNION ALL
  SELECT CAST(session_start AT TIME ZONE 'UTC' AS DATE), country, city FROM {{session}}
),

member AS (
  SELECT mention_date, 'country' AS kind, country AS natural_key, NULL AS country, NULL AS city FROM place
  UNION ALL
  SELECT mention_date, 'location', country || '|' || city, country, city FROM place
  UNION ALL
  SELECT event_date, 'currency', currency, NULL, NULL FROM {{payment}}
  UNION ALL
  SELECT event_date, 'payment_method', payment_method, NULL, NULL FROM {{payment}}
  UNION ALL
  SELECT event_date, 'device', device_type, NULL, NULL FROM {{payment}}
  UNION ALL
  SELECT CAST(session_start AT TIME ZONE 'UTC' AS DATE), 'device', device_type, NULL, NULL FROM {{session}}
)

SELECT DISTINCT mention_date, kind, natural_key, country, city
FROM member
WHERE natural_key IS NOT NULL
