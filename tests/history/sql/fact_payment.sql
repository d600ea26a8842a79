SELECT
  payment.payment_id,
  payment.customer_id,
  COALESCE(customer.customer_key, -1) AS customer_key,
  COALESCE(customer.segment, 'unknown') AS segment,
  payment.amount,
  payment.paid_on,
  payment.paid_at
FROM {{payment}} AS payment
ASOF LEFT JOIN {{customer}} AS customer
  ON customer.customer_id = payment.customer_id
  AND customer.valid_from <= payment.paid_at
