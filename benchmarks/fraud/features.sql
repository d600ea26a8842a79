-- The handbook's fifteen features, one row per payment. The input holds the columns that generate.py writes.
-- Windows end with the payment itself for the customer and seven days earlier for the terminal, whose frauds become known late.
SELECT
  raw.transaction_id,
  raw.customer_id,
  raw.tx_time_days,
  raw.tx_fraud,
  raw.tx_amount::DOUBLE AS amount,
  (((raw.tx_time_days % 7) IN (0, 6))::INTEGER)::DOUBLE AS is_weekend,
  ((((raw.tx_time_seconds % 86400) // 3600) <= 6)::INTEGER)::DOUBLE AS is_night,
  (count(*) OVER customer_1)::DOUBLE AS customer_count_1d,
  (sum(raw.tx_amount) OVER customer_1)::DOUBLE / (count(*) OVER customer_1) AS customer_mean_1d,
  (count(*) OVER customer_7)::DOUBLE AS customer_count_7d,
  (sum(raw.tx_amount) OVER customer_7)::DOUBLE / (count(*) OVER customer_7) AS customer_mean_7d,
  (count(*) OVER customer_30)::DOUBLE AS customer_count_30d,
  (sum(raw.tx_amount) OVER customer_30)::DOUBLE / (count(*) OVER customer_30) AS customer_mean_30d,
  (count(*) OVER terminal_1)::DOUBLE AS terminal_count_1d,
  coalesce((sum(raw.tx_fraud) OVER terminal_1)::DOUBLE / nullif(count(*) OVER terminal_1, 0), 0) AS terminal_risk_1d,
  (count(*) OVER terminal_7)::DOUBLE AS terminal_count_7d,
  coalesce((sum(raw.tx_fraud) OVER terminal_7)::DOUBLE / nullif(count(*) OVER terminal_7, 0), 0) AS terminal_risk_7d,
  (count(*) OVER terminal_30)::DOUBLE AS terminal_count_30d,
  coalesce((sum(raw.tx_fraud) OVER terminal_30)::DOUBLE / nullif(count(*) OVER terminal_30, 0), 0) AS terminal_risk_30d
FROM {{raw}} AS raw
WINDOW
  customer_1 AS (PARTITION BY raw.customer_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 86399 PRECEDING AND CURRENT ROW),
  customer_7 AS (PARTITION BY raw.customer_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 604799 PRECEDING AND CURRENT ROW),
  customer_30 AS (PARTITION BY raw.customer_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 2591999 PRECEDING AND CURRENT ROW),
  terminal_1 AS (PARTITION BY raw.terminal_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 691199 PRECEDING AND 604800 PRECEDING),
  terminal_7 AS (PARTITION BY raw.terminal_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 1209599 PRECEDING AND 604800 PRECEDING),
  terminal_30 AS (PARTITION BY raw.terminal_id ORDER BY raw.tx_time_seconds RANGE BETWEEN 3196799 PRECEDING AND 604800 PRECEDING)
