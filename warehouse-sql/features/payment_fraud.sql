-- Every count is what a counter would have shown at the payment's event time. A payment moves a counter twice: up when we
-- saw it, down when it is too old for the window. So a payment that reached us late, or a label, counts from then on only.
-- Moments are microseconds since 1970: they add and sort faster than timestamps.
WITH
-- What this build makes; the past reaches 30 days further back and holds these payments too.
built AS (SELECT epoch_us(MIN(event_time)) AS first_at, epoch_us(MAX(event_time)) AS last_at FROM {{payment}}),

-- What a payment was made with: each has its counters.
asked AS (
  SELECT payment_id, event_at, made_with.kind, made_with.kind || ' ' || made_with.value AS entity
  FROM (
    SELECT
      payment_id,
      epoch_us(event_time) AS event_at,
      UNNEST([
        {'kind': 'customer', 'value': customer_id},
        {'kind': 'card', 'value': card_token},
        {'kind': 'merchant', 'value': merchant_id},
        {'kind': 'ip', 'value': ip_address}
      ]) AS made_with
    FROM {{payment}}
  )
  WHERE made_with.value IS NOT NULL
),

-- Payments made with the same, and when they leave each window. One that we saw only after a window had closed leaves it
-- at once.
mine AS (
  SELECT
    entity,
    event_at,
    seen_at,
    amount,
    GREATEST(seen_at, event_at + 3_600_000_000) AS after_1h,
    GREATEST(seen_at, event_at + 86_400_000_000) AS after_1d,
    GREATEST(seen_at, event_at + 7 * 86_400_000_000) AS after_7d,
    GREATEST(seen_at, event_at + 30 * 86_400_000_000) AS after_30d,
    first_at,
    last_at
  FROM (
    SELECT
      epoch_us(event_time) AS event_at,
      epoch_us(seen_at) AS seen_at,
      COALESCE(amount_eur, 0) AS amount,
      UNNEST(['customer ' || customer_id, 'card ' || card_token, 'merchant ' || merchant_id, 'ip ' || ip_address]) AS entity
    FROM {{past}}
  )
  SEMI JOIN asked USING (entity)
  CROSS JOIN built
),

-- Frauds, by the merchant of the payment: the first dispute of a payment tells. They count while it is 7 to 30 days old.
fraud AS (
  SELECT
    'merchant ' || merchant_id AS entity,
    GREATEST(epoch_us(seen_at), epoch_us(event_time) + 7 * 86_400_000_000, known_at) AS known_at,
    GREATEST(epoch_us(seen_at), epoch_us(event_time) + 30 * 86_400_000_000, known_at) AS after_30d
  FROM {{past}}
  JOIN (
    SELECT payment_id, epoch_us(MIN(known_at)) AS known_at FROM {{label}} WHERE is_fraud GROUP BY payment_id
  ) USING (payment_id)
),

-- All that moved before the first built payment is one row per counter: a month of history costs little.
timeline AS (
  SELECT
    entity,
    MIN(first_at) - 1 AS moment,
    MAX(event_at) AS latest_at,
    COUNT(*) FILTER (after_1h >= first_at) AS n_1h,
    COUNT(*) FILTER (after_1d >= first_at) AS n_1d,
    COUNT(*) FILTER (after_7d >= first_at) AS n_7d,
    COUNT(*) FILTER (after_30d >= first_at) AS n_30d,
    SUM(amount) FILTER (after_1d >= first_at) AS amount_1d,
    SUM(amount) FILTER (after_30d >= first_at) AS amount_30d
  FROM mine
  WHERE seen_at < first_at
  GROUP BY entity

  UNION ALL BY NAME
  SELECT
    entity,
    seen_at AS moment,
    event_at AS latest_at,
    1 AS n_1h,
    1 AS n_1d,
    1 AS n_7d,
    1 AS n_30d,
    amount AS amount_1d,
    amount AS amount_30d
  FROM mine WHERE seen_at >= first_at AND seen_at < last_at

  UNION ALL BY NAME
  SELECT entity, after_1h AS moment, -1 AS n_1h FROM mine WHERE after_1h >= first_at AND after_1h < last_at

  UNION ALL BY NAME
  SELECT entity, after_1d AS moment, -1 AS n_1d, -amount AS amount_1d
  FROM mine WHERE after_1d >= first_at AND after_1d < last_at

  UNION ALL BY NAME
  SELECT entity, after_7d AS moment, -1 AS n_7d FROM mine WHERE after_7d >= first_at AND after_7d < last_at

  UNION ALL BY NAME
  SELECT entity, after_30d AS moment, -1 AS n_30d, -amount AS amount_30d
  FROM mine WHERE after_30d >= first_at AND after_30d < last_at

  UNION ALL BY NAME
  SELECT entity, GREATEST(known_at, first_at - 1) AS moment, 1 AS n_fraud FROM fraud, built WHERE known_at < last_at

  UNION ALL BY NAME
  SELECT entity, GREATEST(after_30d, first_at - 1) AS moment, -1 AS n_fraud FROM fraud, built WHERE after_30d < last_at

  UNION ALL BY NAME
  SELECT payment_id, kind, entity, event_at AS moment FROM asked
),

-- What moves at the very moment of a payment does not count for it: payments come first.
counter AS (
  SELECT
    payment_id,
    kind,
    MAX(latest_at) OVER so_far AS latest_at,
    CAST(COALESCE(SUM(n_1h) OVER so_far, 0) AS BIGINT) AS n_1h,
    CAST(COALESCE(SUM(n_1d) OVER so_far, 0) AS BIGINT) AS n_1d,
    CAST(COALESCE(SUM(n_7d) OVER so_far, 0) AS BIGINT) AS n_7d,
    CAST(COALESCE(SUM(n_30d) OVER so_far, 0) AS BIGINT) AS n_30d,
    CAST(COALESCE(SUM(amount_1d) OVER so_far, 0) AS DECIMAL(38, 2)) AS amount_1d,
    CAST(COALESCE(SUM(amount_30d) OVER so_far, 0) AS DECIMAL(38, 2)) AS amount_30d,
    CAST(COALESCE(SUM(n_fraud) OVER so_far, 0) AS BIGINT) AS n_fraud
  FROM timeline
  WINDOW so_far AS (
    PARTITION BY entity ORDER BY moment, payment_id IS NULL ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
  QUALIFY payment_id IS NOT NULL
),

-- Pairs that are new or not: of each only the latest payment so far matters.
paired AS (
  SELECT payment_id, event_at, pair.kind, customer_id || ' ' || pair.kind || ' ' || pair.value AS entity
  FROM (
    SELECT
      payment_id,
      epoch_us(event_time) AS event_at,
      customer_id,
      UNNEST([
        {'kind': 'device', 'value': device_type},
        {'kind': 'country', 'value': location_country},
        {'kind': 'currency', 'value': currency},
        {'kind': 'merchant', 'value': merchant_id}
      ]) AS pair
    FROM {{payment}}
  )
  WHERE pair.value IS NOT NULL
),

pair_timeline AS (
  SELECT payment_id, kind, entity, event_at AS moment FROM paired

  UNION ALL BY NAME
  SELECT entity, GREATEST(seen_at, first_at - 1) AS moment, MAX(event_at) AS latest_at
  FROM (
    SELECT
      epoch_us(event_time) AS event_at,
      epoch_us(seen_at) AS seen_at,
      UNNEST([
        customer_id || ' device ' || device_type,
        customer_id || ' country ' || location_country,
        customer_id || ' currency ' || currency,
        customer_id || ' merchant ' || merchant_id
      ]) AS entity
    FROM {{past}}
  )
  SEMI JOIN paired USING (entity)
  CROSS JOIN built
  WHERE seen_at < last_at
  GROUP BY ALL
),

novelty AS (
  SELECT
    payment_id,
    kind,
    COALESCE(MAX(latest_at) OVER so_far < moment - 30 * 86_400_000_000, TRUE) AS is_first
  FROM pair_timeline
  WINDOW so_far AS (
    PARTITION BY entity ORDER BY moment, payment_id IS NULL ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
  QUALIFY payment_id IS NOT NULL
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
  new_device.is_first AS is_first_device,
  new_country.is_first AS is_first_country,
  new_currency.is_first AS is_first_currency,
  new_merchant.is_first AS is_first_merchant,
  customer.n_1h AS customer_count_1h,
  customer.n_1d AS customer_count_1d,
  customer.n_7d AS customer_count_7d,
  customer.n_30d AS customer_count_30d,
  customer.amount_1d AS customer_amount_1d,
  customer.amount_30d AS customer_amount_30d,
  CASE
    WHEN customer.latest_at >= epoch_us(p.event_time) - 30 * 86_400_000_000
      THEN (epoch_us(p.event_time) - customer.latest_at) // 1_000_000
  END AS customer_seconds_since,
  CAST(p.amount_eur AS DOUBLE) * CAST(customer.n_30d AS DOUBLE) / CAST(NULLIF(customer.amount_30d, 0) AS DOUBLE)
    AS amount_to_customer_mean,
  card.n_1h AS card_count_1h,
  card.n_1d AS card_count_1d,
  card.n_7d AS card_count_7d,
  card.n_30d AS card_count_30d,
  card.amount_1d AS card_amount_1d,
  CASE
    WHEN card.latest_at >= epoch_us(p.event_time) - 30 * 86_400_000_000
      THEN (epoch_us(p.event_time) - card.latest_at) // 1_000_000
  END AS card_seconds_since,
  merchant.n_1h AS merchant_count_1h,
  merchant.n_1d AS merchant_count_1d,
  merchant.n_7d AS merchant_count_7d,
  merchant.n_30d AS merchant_count_30d,
  merchant.amount_1d AS merchant_amount_1d,
  ip.n_1h AS ip_count_1h,
  ip.n_1d AS ip_count_1d,
  ip.n_7d AS ip_count_7d,
  ip.n_30d AS ip_count_30d,
  merchant.n_30d - merchant.n_7d AS merchant_aged_count,
  merchant.n_fraud AS merchant_fraud_count,
  CAST(merchant.n_fraud AS DOUBLE) / CAST(NULLIF(merchant.n_30d - merchant.n_7d, 0) AS DOUBLE) AS merchant_risk
FROM {{payment}} AS p
JOIN counter AS customer ON customer.payment_id = p.payment_id AND customer.kind = 'customer'
JOIN counter AS merchant ON merchant.payment_id = p.payment_id AND merchant.kind = 'merchant'
LEFT JOIN counter AS card ON card.payment_id = p.payment_id AND card.kind = 'card'
LEFT JOIN counter AS ip ON ip.payment_id = p.payment_id AND ip.kind = 'ip'
JOIN novelty AS new_currency ON new_currency.payment_id = p.payment_id AND new_currency.kind = 'currency'
JOIN novelty AS new_merchant ON new_merchant.payment_id = p.payment_id AND new_merchant.kind = 'merchant'
LEFT JOIN novelty AS new_device ON new_device.payment_id = p.payment_id AND new_device.kind = 'device'
LEFT JOIN novelty AS new_country ON new_country.payment_id = p.payment_id AND new_country.kind = 'country'
ASOF LEFT JOIN {{merchant}} AS shop ON shop.merchant_id = p.merchant_id AND shop.changed_at <= p.event_time
