-- The document_... functions give NULL for what they do not accept; the row checks then send the document to quarantine.
SELECT
  lower(document_text(raw.transaction_id)) AS payment_id,
  lower(document_text(raw.customer_id)) AS customer_id,
  lower(document_text(raw.merchant_id)) AS merchant_id,
  TRY_CAST(document_integer(raw.rating) AS INTEGER) AS rating,
  document_text(raw.message) AS message,
  document_time(raw.timestamp) AS reviewed_at,
  raw.id AS document_id,
  strftime(document_time(raw.timestamp) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || ' ' || raw.id AS precedence,
  raw.updated_at
FROM {{raw}} AS raw
