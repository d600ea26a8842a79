SELECT
  raw.id AS dispute_id,
  raw.transaction_id AS payment_id,
  raw.transaction_event_time AS payment_event_time,
  raw.reason = 'fraudulent' AS is_fraud,
  raw.created_at AS known_at,
  CAST(raw.created_at AT TIME ZONE 'UTC' AS DATE) AS known_date
FROM {{raw}} AS raw
