SELECT
  raw.id AS change_id,
  raw.transaction_id AS payment_id,
  raw.from_status,
  raw.to_status,
  raw.reason,
  raw.updated_by AS changed_by,
  raw.updated_at AS changed_at
FROM {{raw}} AS raw
