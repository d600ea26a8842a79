-- The document_... functions give NULL for what they do not accept; the row check then sends the document to quarantine.
SELECT
  raw.id AS document_id,
  document_text(raw.session_id) AS session_id,
  document_time(raw.session_start) AS session_start,
  document_text(raw.user) AS user_name,
  document_text(raw.dbname) AS database_name,
  document_text(raw.remote_host) AS remote_host,
  document_text(raw.application_name) AS application_name,
  CASE
    WHEN NOT COALESCE(document_has(raw.lines), FALSE) THEN 0
    WHEN json_type(raw.lines) = 'ARRAY' THEN CAST(json_array_length(raw.lines) AS INTEGER)
  END AS line_count,
  CASE WHEN json_type(raw.lines) = 'ARRAY' THEN raw.lines END AS lines,
  make_timestamptz(1000000 * CAST('0x' || substr(raw.id, 1, 8) AS BIGINT)) AS logged_at,
  raw.updated_at
FROM {{raw}} AS raw
