-- Every count is what a counter would have shown at the payment's event time. A payment moves a counter twice: up when we
-- saw it, down when it is too old for the window. So a payment that reached us late, or a label, counts from then on only.
WITH
-- What this build makes; the past reaches 30 days further back and holds these payments too.
built AS (SELECT MIN(event_time) AS first_time, MAX(event_time) AS last_time FROM {{payment}}),

-- What a payment was made with: each has its counters.
thing AS (
  SELECT payment_id, event_time, seen_at, amount, made_with.kind, made_with.entity
  FROM (
    SELECT
      payment_id,
      event_time,
      seen_at,
      COALESCE(amount_eur, 0) AS amount,
      UNNEST([
        {'kind': 'customer', 'entity': customer_id},
        {'kind': 'card', 'entity': card_token},
        {'kind': 'merchant', 'entity': merchant_id},
        {'kind': 'ip', 'entity': ip_address},
        {'kind': 'device', 'entity': customer_id || '|' || device_type},
        {'kind': 'country', 'entity': customer_id || '|' || location_country},
        {'kind': 'currency', 'entity': customer_id || '|' || currency},
        {'kind': 'customer_merchant', 'entity': customer_id || '|' || merchant_id}
      ]) AS made_with
    FROM {{past}}
  )
  WHERE made_with.entity IS NOT NULL
),

-- Frauds by the payment they are about; the first dispute of a payment tells.
fraud AS (
  SELECT payment_id, MIN(known_at) AS known_at FROM {{label}} WHERE is_fraud GROUP BY payment_id
),

-- Payments old enough for a judgement, and when each began to count as such, and as fraud.
aged AS (
  SELECT
    past.merchant_id,
    past.event_time,
    GREATEST(past.seen_at, past.event_time + INTERVAL 7 DAY) AS aged_at,
    GREATEST(past.seen_at, past.event_time + INTERVAL 7 DAY, fraud.known_at) AS fraud_at,
    fraud.known_at IS NOT NULL AS is_fraud
  FROM {{past}} AS past
  LEFT JOIN fraud USING (payment_id)
),

-- A payment that we saw only after the window had closed never entered it.
move AS (
  SELECT
    kind,
    entity,
    seen_at AS moment,
    event_time AS last_at,
    CAST(seen_at < event_time + INTERVAL 1 HOUR AS INTEGER) AS n_1h,
    CAST(seen_at < event_time + INTERVAL 1 DAY AS INTEGER) AS n_1d,
    CAST(seen_at < event_time + INTERVAL 7 DAY AS INTEGER) AS n_7d,
    CAST(seen_at < event_time + INTERVAL 30 DAY AS INTEGER) AS n_30d,
    CASE WHEN seen_at < event_time + INTERVAL 1 DAY THEN amount ELSE 0 END AS amount_1d,
    CASE WHEN seen_at < event_time + INTERVAL 30 DAY THEN amount ELSE 0 END AS amount_30d,
    0 AS n_aged,
    0 AS n_fraud
  FROM thing

  UNION ALL
  SELECT kind, entity, event_time + INTERVAL 1 HOUR, NULL, -1, 0, 0, 0, 0, 0, 0, 0
  FROM thing WHERE seen_at < event_time + INTERVAL 1 HOUR

  UNION ALL
  SELECT kind, entity, event_time + INTERVAL 1 DAY, NULL, 0, -1, 0, 0, -amount, 0, 0, 0
  FROM thing WHERE seen_at < event_time + INTERVAL 1 DAY

  UNION ALL
  SELECT kind, entity, event_time + INTERVAL 7 DAY, NULL, 0, 0, -1, 0, 0, 0, 0, 0
  FROM thing WHERE seen_at < event_time + INTERVAL 7 DAY

  UNION ALL
  SELECT kind, entity, event_time + INTERVAL 30 DAY, NULL, 0, 0, 0, -1, 0, -amount, 0, 0
  FROM thing WHERE seen_at < event_time + INTERVAL 30 DAY

  UNION ALL
  SELECT 'merchant', merchant_id, aged_at, NULL, 0, 0, 0, 0, 0, 0, 1, 0
  FROM aged WHERE aged_at < event_time + INTERVAL 30 DAY

  UNION ALL
  SELECT 'merchant', merchant_id, event_time + INTERVAL 30 DAY, NULL, 0, 0, 0, 0, 0, 0, -1, 0
  FROM aged WHERE aged_at < event_time + INTERVAL 30 DAY

  UNION ALL
  SELECT 'merchant', merchant_id, fraud_at, NULL, 0, 0, 0, 0, 0, 0, 0, 1
  FROM aged WHERE is_fraud AND fraud_at < event_time + INTERVAL 30 DAY

  UNION ALL
  SELECT 'merchant', merchant_id, event_time + INTERVAL 30 DAY, NULL, 0, 0, 0, 0, 0, 0, 0, -1
  FROM aged WHERE is_fraud AND fraud_at < event_time + INTERVAL 30 DAY
),

-- All that moved before the first built payment is one row per counter: a month of history costs little.
moved AS (
  SELECT
    kind,
    entity,
    GREATEST(moment, first_time - INTERVAL 1 MICROSECOND) AS moment,
    MAX(last_at) AS last_at,
    SUM(n_1h) AS n_1h,
    SUM(n_1d) AS n_1d,
    SUM(n_7d) AS n_7d,
    SUM(n_30d) AS n_30d,
    SUM(amount_1d) AS amount_1d,
    SUM(amount_30d) AS amount_30d,
    SUM(n_aged) AS n_aged,
    SUM(n_fraud) AS n_fraud
  FROM move, built
  WHERE moment < last_time
  GROUP BY ALL
),

-- What moves at the very moment of a payment does not count for it: payments come first.
timeline AS (
  SELECT *, TRUE AS is_move, NULL AS payment_id FROM moved
  UNION ALL BY NAME
  SELECT kind, entity, event_time AS moment, FALSE AS is_move, payment_id FROM thing SEMI JOIN {{payment}} USING (payment_id)
),

counter AS (
  SELECT
    payment_id,
    kind,
    COALESCE(SUM(n_1h) OVER so_far, 0) AS n_1h,
    COALESCE(SUM(n_1d) OVER so_far, 0) AS n_1d,
    COALESCE(SUM(n_7d) OVER so_far, 0) AS n_7d,
    COALESCE(SUM(n_30d) OVER so_far, 0) AS n_30d,
    COALESCE(SUM(amount_1d) OVER so_far, 0) AS amount_1d,
    COALESCE(SUM(amount_30d) OVER so_far, 0) AS amount_30d,
    MAX(last_at) OVER so_far AS last_at,
    COALESCE(SUM(n_aged) OVER so_far, 0) AS n_aged,
    COALESCE(SUM(n_fraud) OVER so_far, 0) AS n_fraud
  FROM timeline
  WINDOW so_far AS (
    PARTITION BY kind, entity ORDER BY moment, is_move, payment_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
  QUALIFY NOT is_move
)

SELECT
  p.payment_id,
  p.event_time,
  p.event_date,
  p.customer_id,
  p.merchant_id,
  shop.size AS merchant_size,
  p.amount_eur,
  p.currency,
  p.payment_method,
  p.device_type,
  p.billing_country,
  p.location_country,
  p.card_country,
  CAST(EXTRACT(HOUR FROM p.event_time AT TIME ZONE 'UTC') AS INTEGER) AS hour_of_day,
  CAST(EXTRACT(ISODOW FROM p.event_time AT TIME ZONE 'UTC') AS INTEGER) AS day_of_week,
  EXTRACT(HOUR FROM p.event_time AT TIME ZONE 'UTC') < 6 AS is_night,
  p.location_country <> p.billing_country AS is_location_abroad,
  p.card_country <> p.billing_country AS is_card_abroad,
  device.n_30d = 0 AS is_first_device,
  country.n_30d = 0 AS is_first_country,
  currency.n_30d = 0 AS is_first_currency,
  customer_merchant.n_30d = 0 AS is_first_merchant,
  CAST(customer.n_1h AS BIGINT) AS customer_count_1h,
  CAST(customer.n_1d AS BIGINT) AS customer_count_1d,
  CAST(customer.n_7d AS BIGINT) AS customer_count_7d,
  CAST(customer.n_30d AS BIGINT) AS customer_count_30d,
  CAST(customer.amount_1d AS DECIMAL(38, 2)) AS customer_amount_1d,
  CAST(customer.amount_30d AS DECIMAL(38, 2)) AS customer_amount_30d,
  CASE
    WHEN customer.last_at >= p.event_time - INTERVAL 30 DAY THEN (epoch_us(p.event_time) - epoch_us(customer.last_at)) // 1000000
  END AS customer_seconds_since,
  CAST(p.amount_eur AS DOUBLE) * CAST(customer.n_30d AS DOUBLE) / CAST(NULLIF(customer.amount_30d, 0) AS DOUBLE)
    AS amount_to_customer_mean,
  CAST(card.n_1h AS BIGINT) AS card_count_1h,
  CAST(card.n_1d AS BIGINT) AS card_count_1d,
  CAST(card.n_7d AS BIGINT) AS card_count_7d,
  CAST(card.n_30d AS BIGINT) AS card_count_30d,
  CAST(card.amount_1d AS DECIMAL(38, 2)) AS card_amount_1d,
  CASE
    WHEN card.last_at >= p.event_time - INTERVAL 30 DAY THEN (epoch_us(p.event_time) - epoch_us(card.last_at)) // 1000000
  END AS card_seconds_since,
  CAST(merchant.n_1h AS BIGINT) AS merchant_count_1h,
  CAST(merchant.n_1d AS BIGINT) AS merchant_count_1d,
  CAST(merchant.n_7d AS BIGINT) AS merchant_count_7d,
  CAST(merchant.n_30d AS BIGINT) AS merchant_count_30d,
  CAST(merchant.amount_1d AS DECIMAL(38, 2)) AS merchant_amount_1d,
  CAST(ip.n_1h AS BIGINT) AS ip_count_1h,
  CAST(ip.n_1d AS BIGINT) AS ip_count_1d,
  CAST(ip.n_7d AS BIGINT) AS ip_count_7d,
  CAST(ip.n_30d AS BIGINT) AS ip_count_30d,
  CAST(merchant.n_aged AS BIGINT) AS merchant_aged_count,
  CAST(merchant.n_fraud AS BIGINT) AS merchant_fraud_count,
  CAST(merchant.n_fraud AS DOUBLE) / CAST(NULLIF(merchant.n_aged, 0) AS DOUBLE) AS merchant_risk
FROM {{payment}} AS p
JOIN counter AS customer ON customer.payment_id = p.payment_id AND customer.kind = 'customer'
JOIN counter AS merchant ON merchant.payment_id = p.payment_id AND merchant.kind = 'merchant'
JOIN counter AS currency ON currency.payment_id = p.payment_id AND currency.kind = 'currency'
JOIN counter AS customer_merchant
  ON customer_merchant.payment_id = p.payment_id AND customer_merchant.kind = 'customer_merchant'
LEFT JOIN counter AS card ON card.payment_id = p.payment_id AND card.kind = 'card'
LEFT JOIN counter AS ip ON ip.payment_id = p.payment_id AND ip.kind = 'ip'
LEFT JOIN counter AS device ON device.payment_id = p.payment_id AND device.kind = 'device'
LEFT JOIN counter AS country ON country.payment_id = p.payment_id AND country.kind = 'country'
ASOF LEFT JOIN {{merchant}} AS shop ON shop.merchant_id = p.merchant_id AND shop.changed_at <= p.event_time
