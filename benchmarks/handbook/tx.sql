SELECT
  raw.transaction_id,
  raw.tx_datetime,
  raw.customer_id,
  raw.terminal_id,
  raw.tx_amount,
  raw.tx_time_seconds,
  raw.tx_time_days,
  raw.tx_fraud,
  raw.tx_fraud_scenario,
  CAST(raw.tx_datetime AT TIME ZONE 'UTC' AS DATE) AS tx_date
FROM {{raw}} AS raw
