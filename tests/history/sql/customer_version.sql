-- A deletion has no time of its own: it holds from the look that found the row gone.
SELECT
  raw.id AS customer_id,
  CASE WHEN raw._op = 'd' THEN raw._observed_at ELSE raw.updated_at END AS changed_at,
  raw._op = 'd' AS is_deleted,
  raw.segment,
  raw.country,
  raw.email
FROM {{raw}} AS raw
