SELECT
  raw.transaction_id AS payment_id,
  raw.gateway,
  raw.event_type,
  raw.response_code,
  raw.latency_ms,
  raw.message,
  raw.occurred_at,
  raw.updated_at AS told_at,
  COUNT(*) AS times_told
FROM {{raw}} AS raw
GROUP BY ALL
