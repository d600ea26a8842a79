-- One row per version: Strata makes spans of them, with keys, inferred members and the members for unknown and not applicable.
SELECT
  customer_id,
  changed_at,
  is_deleted,
  segment,
  COALESCE(surrogate_key(country || '|-infinity'), -1) AS country_key,
  COALESCE(surrogate_key(country || '|' || city || '|-infinity'), -1) AS location_key,
  created_at AS registered_at
FROM {{version}}
