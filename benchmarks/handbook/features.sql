-- A customer's windows end with the transaction itself and hold what came before it in the same second; a terminal's end seven
-- days earlier, because its frauds become known that late. Windows are open at their early end.
WITH
placed AS (
  SELECT *, CAST(tx_time_seconds AS BIGINT) * 4194304 + transaction_id AS place FROM {{past}}
),

counted AS (
  SELECT
    transaction_id,
    COUNT(*) OVER customer_1d AS customer_count_1d,
    COUNT(*) OVER customer_7d AS customer_count_7d,
    COUNT(*) OVER customer_30d AS customer_count_30d,
    SUM(tx_amount) OVER customer_1d AS customer_sum_1d,
    SUM(tx_amount) OVER customer_7d AS customer_sum_7d,
    SUM(tx_amount) OVER customer_30d AS customer_sum_30d,
    COUNT(*) OVER terminal_1d AS terminal_count_1d,
    COUNT(*) OVER terminal_7d AS terminal_count_7d,
    COUNT(*) OVER terminal_30d AS terminal_count_30d,
    COUNT(*) FILTER (tx_fraud) OVER terminal_1d AS terminal_frauds_1d,
    COUNT(*) FILTER (tx_fraud) OVER terminal_7d AS terminal_frauds_7d,
    COUNT(*) FILTER (tx_fraud) OVER terminal_30d AS terminal_frauds_30d
  FROM placed
  WINDOW
    customer_1d AS (
      PARTITION BY customer_id ORDER BY place
      RANGE BETWEEN CAST(86399 AS BIGINT) * 4194304 + transaction_id PRECEDING AND CURRENT ROW),
    customer_7d AS (
      PARTITION BY customer_id ORDER BY place
      RANGE BETWEEN CAST(604799 AS BIGINT) * 4194304 + transaction_id PRECEDING AND CURRENT ROW),
    customer_30d AS (
      PARTITION BY customer_id ORDER BY place
      RANGE BETWEEN CAST(2591999 AS BIGINT) * 4194304 + transaction_id PRECEDING AND CURRENT ROW),
    terminal_1d AS (
      PARTITION BY terminal_id ORDER BY tx_time_seconds RANGE BETWEEN 691199 PRECEDING AND 604800 PRECEDING),
    terminal_7d AS (
      PARTITION BY terminal_id ORDER BY tx_time_seconds RANGE BETWEEN 1209599 PRECEDING AND 604800 PRECEDING),
    terminal_30d AS (
      PARTITION BY terminal_id ORDER BY tx_time_seconds RANGE BETWEEN 3196799 PRECEDING AND 604800 PRECEDING)
)

SELECT
  t.transaction_id,
  t.tx_date,
  t.tx_datetime,
  t.tx_time_days,
  t.customer_id,
  t.terminal_id,
  t.tx_fraud,
  CAST(t.tx_amount AS DOUBLE) AS amount,
  CAST(CAST(t.tx_time_days % 7 IN (0, 6) AS INTEGER) AS DOUBLE) AS is_weekend,
  CAST(CAST(t.tx_time_seconds % 86400 // 3600 <= 6 AS INTEGER) AS DOUBLE) AS is_night,
  CAST(customer_count_1d AS DOUBLE) AS customer_count_1d,
  CAST(customer_count_7d AS DOUBLE) AS customer_count_7d,
  CAST(customer_count_30d AS DOUBLE) AS customer_count_30d,
  CAST(customer_sum_1d AS DOUBLE) / CAST(customer_count_1d AS DOUBLE) AS customer_mean_1d,
  CAST(customer_sum_7d AS DOUBLE) / CAST(customer_count_7d AS DOUBLE) AS customer_mean_7d,
  CAST(customer_sum_30d AS DOUBLE) / CAST(customer_count_30d AS DOUBLE) AS customer_mean_30d,
  CAST(terminal_count_1d AS DOUBLE) AS terminal_count_1d,
  CAST(terminal_count_7d AS DOUBLE) AS terminal_count_7d,
  CAST(terminal_count_30d AS DOUBLE) AS terminal_count_30d,
  COALESCE(CAST(terminal_frauds_1d AS DOUBLE) / CAST(NULLIF(terminal_count_1d, 0) AS DOUBLE), 0) AS terminal_risk_1d,
  COALESCE(CAST(terminal_frauds_7d AS DOUBLE) / CAST(NULLIF(terminal_count_7d, 0) AS DOUBLE), 0) AS terminal_risk_7d,
  COALESCE(CAST(terminal_frauds_30d AS DOUBLE) / CAST(NULLIF(terminal_count_30d, 0) AS DOUBLE), 0) AS terminal_risk_30d
FROM {{tx}} AS t
JOIN counted USING (transaction_id)
