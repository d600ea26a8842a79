-- Twelve weeks of spending, looked at from the end of each week.
WITH RECURSIVE week AS (
  SELECT DISTINCT CAST(date_trunc('week', event_date) AS DATE) AS week_start
  FROM {{spending}}
),

spent AS (
  SELECT
    week.week_start,
    spending.customer_id,
    arg_max(spending.customer_key, {'day': spending.event_date, 'key': spending.customer_key}) AS customer_key,
    week.week_start + 7 - MAX(spending.event_date) AS recency_days,
    MAX(spending.event_date) - MIN(spending.event_date) AS span_days,
    COUNT(DISTINCT spending.event_date) AS active_days,
    CAST(SUM(spending.transaction_count) AS BIGINT) AS frequency,
    CAST(SUM(spending.total_spent_eur) AS DECIMAL(38, 2)) AS monetary_eur
  FROM week
  JOIN {{spending}} AS spending
    ON spending.event_date >= week.week_start - 77
    AND spending.event_date < week.week_start + 7
  GROUP BY week.week_start, spending.customer_id
),

-- Scores are fifths of the customers. Ranks run from 0 (least) to 1000 (most recent, most frequent, highest spending); equal
-- customers share the middle of their places.
ranked AS (
  SELECT
    *,
    CAST(ntile(5) OVER (PARTITION BY week_start ORDER BY recency_days DESC, customer_id) AS INTEGER) AS recency_score,
    CAST(ntile(5) OVER (PARTITION BY week_start ORDER BY frequency, customer_id) AS INTEGER) AS frequency_score,
    CAST(ntile(5) OVER (PARTITION BY week_start ORDER BY monetary_eur, customer_id) AS INTEGER) AS monetary_score,
    COUNT(*) OVER (PARTITION BY week_start) - 1 AS others,
    500 * (others + rank() OVER (PARTITION BY week_start ORDER BY recency_days DESC) - rank() OVER (PARTITION BY week_start ORDER BY recency_days))
      // greatest(others, 1) AS r,
    500 * (others + rank() OVER (PARTITION BY week_start ORDER BY frequency) - rank() OVER (PARTITION BY week_start ORDER BY frequency DESC))
      // greatest(others, 1) AS f,
    500 * (others + rank() OVER (PARTITION BY week_start ORDER BY monetary_eur) - rank() OVER (PARTITION BY week_start ORDER BY monetary_eur DESC))
      // greatest(others, 1) AS m
  FROM spent
),

-- K-means over the ranks, in whole numbers: four fixed starts, ten steps, so that the same spending gives the same segments.
-- Of two centres equally near the one with the smaller number wins; one that nobody is near to drops out.
start AS (
  SELECT *
  FROM (VALUES (1, 900, 900, 900), (2, 900, 400, 300), (3, 300, 700, 700), (4, 150, 150, 150)) AS centre(segment, r, f, m)
),

step AS (
  SELECT 0 AS step, week.week_start, start.segment, start.r, start.f, start.m
  FROM week
  CROSS JOIN start

  UNION ALL

  SELECT
    nearest.step + 1,
    nearest.week_start,
    nearest.segment,
    CAST(SUM(nearest.r) // COUNT(*) AS INTEGER),
    CAST(SUM(nearest.f) // COUNT(*) AS INTEGER),
    CAST(SUM(nearest.m) // COUNT(*) AS INTEGER)
  FROM (
    SELECT
      step.step,
      ranked.week_start,
      ranked.customer_id,
      ranked.r,
      ranked.f,
      ranked.m,
      arg_min(
        step.segment,
        10 * ((ranked.r - step.r) * (ranked.r - step.r) + (ranked.f - step.f) * (ranked.f - step.f) + (ranked.m - step.m) * (ranked.m - step.m))
        + step.segment
      ) AS segment
    FROM step
    JOIN ranked
      ON ranked.week_start = step.week_start
    WHERE step.step < 10
    GROUP BY step.step, ranked.week_start, ranked.customer_id, ranked.r, ranked.f, ranked.m
  ) AS nearest
  GROUP BY nearest.step, nearest.week_start, nearest.segment
),

clustered AS (
  SELECT
    ranked.week_start,
    ranked.customer_id,
    arg_min(
      step.segment,
      10 * ((ranked.r - step.r) * (ranked.r - step.r) + (ranked.f - step.f) * (ranked.f - step.f) + (ranked.m - step.m) * (ranked.m - step.m))
      + step.segment
    ) AS segment
  FROM ranked
  JOIN step
    ON step.week_start = ranked.week_start
    AND step.step = 10
  GROUP BY ranked.week_start, ranked.customer_id
),

judged AS (
  SELECT
    ranked.*,
    -- Away for more than twice the usual time between two days of buying.
    ranked.active_days > 1 AND ranked.recency_days * (ranked.active_days - 1) > 2 * ranked.span_days AS is_churn_risk
  FROM ranked
),

churn AS (
  SELECT week_start, COUNT(*) AS customers, COUNT(*) FILTER (is_churn_risk) AS leaving FROM judged GROUP BY week_start
)

SELECT
  ranked.week_start,
  CAST(strftime(ranked.week_start, '%Y%m%d') AS INTEGER) AS week_start_date_key,
  ranked.customer_id,
  ranked.customer_key,
  CAST(ranked.recency_days AS INTEGER) AS recency_days,
  ranked.frequency,
  ranked.monetary_eur,
  ranked.recency_score,
  ranked.frequency_score,
  ranked.monetary_score,
  CASE
    WHEN ranked.recency_score >= 4 AND ranked.monetary_score >= 4 THEN 'high-value'
    WHEN ranked.recency_score >= 3 THEN 'growth'
    WHEN ranked.frequency_score >= 3 OR ranked.monetary_score >= 3 THEN 'at-risk'
    ELSE 'dormant'
  END AS rfm_segment,
  CASE clustered.segment
    WHEN 1 THEN 'high-value'
    WHEN 2 THEN 'growth'
    WHEN 3 THEN 'at-risk'
    ELSE 'dormant'
  END AS kmeans_segment,
  ranked.is_churn_risk,
  -- Twelve weeks to fifty-two: 13/3, in cents.
  CAST(0.01 * rounded_quotient(ranked.monetary_eur * 1300, 3) AS DECIMAL(38, 2)) AS yearly_value_eur,
  -- Twelve weeks as often as the share that is leaving lets expect, at most five years of them: 65/3.
  CAST(
    0.01 * CASE
      WHEN 65 * churn.leaving >= 3 * churn.customers
      THEN rounded_quotient(ranked.monetary_eur * 100 * churn.customers, churn.leaving)
      ELSE rounded_quotient(ranked.monetary_eur * 6500, 3)
    END AS DECIMAL(38, 2)
  ) AS lifetime_value_eur
FROM judged AS ranked
JOIN churn
  ON churn.week_start = ranked.week_start
JOIN clustered
  ON clustered.week_start = ranked.week_start
  AND clustered.customer_id = ranked.customer_id
