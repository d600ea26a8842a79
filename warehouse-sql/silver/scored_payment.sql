-- The document_... functions give NULL for what they do not accept; the row checks then send the document to quarantine.
SELECT
  lower(document_text(raw.transaction_id)) AS payment_id,
  -- Missing is fine, nonsense is not: -1 is what the row check refuses.
  CASE
    WHEN document_has(raw.anomaly_score)
    THEN COALESCE(TRY_CAST(TRY_CAST(document_number_text(raw.anomaly_score) AS DOUBLE) AS DECIMAL(9, 6)), -1)
  END::DECIMAL(9, 6) AS anomaly_score,
  document_boolean(raw.is_fraud) AS is_fraud,
  CASE WHEN json_type(raw.anomaly_reasons) = 'ARRAY' THEN raw.anomaly_reasons END AS anomaly_reasons,
  document_text(raw.scored_by) AS scored_by,
  make_timestamptz(1000000 * CAST('0x' || substr(raw.id, 1, 8) AS BIGINT)) AS copied_at,
  raw.id AS document_id,
  strftime(raw.updated_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || ' ' || raw.id AS precedence,
  raw.updated_at
FROM {{raw}} AS raw
