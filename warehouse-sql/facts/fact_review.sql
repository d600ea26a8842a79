SELECT
  review.payment_id,
  review.customer_id,
  CAST(review.reviewed_at AT TIME ZONE 'UTC' AS DATE) AS review_date,
  CAST(strftime(review.reviewed_at AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER) AS review_date_key,
  COALESCE(customer.customer_key, -1) AS customer_key,
  review.merchant_id,
  COALESCE(merchant.merchant_key, -1) AS merchant_key,
  review.rating,
  COALESCE(regexp_matches(review.message, '\S'), false) AS has_message,
  review.reviewed_at
FROM {{review}} AS review
ASOF LEFT JOIN {{customer}} AS customer
  ON customer.customer_id = review.customer_id
  AND customer.valid_from <= review.reviewed_at
ASOF LEFT JOIN {{merchant}} AS merchant
  ON merchant.merchant_id = review.merchant_id
  AND merchant.valid_from <= review.reviewed_at
