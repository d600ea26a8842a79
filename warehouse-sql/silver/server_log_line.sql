WITH numbered AS (
  SELECT session.*, unnest(range(1, session.line_count + 1)) AS line_no FROM {{session}} AS session
),

line AS (
  SELECT numbered.*, json_extract(lines, '$[' || (line_no - 1) || ']') AS line FROM numbered
)

SELECT
  document_id,
  CAST(line_no AS INTEGER) AS line_no,
  document_time(line -> '$.timestamp') AS written_at,
  user_name,
  database_name,
  application_name,
  document_text(line -> '$.error_severity') AS severity,
  COALESCE(document_text(line -> '$.error_severity') IN ('ERROR', 'FATAL', 'PANIC'), FALSE) AS is_error,
  document_text(line -> '$.state_code') AS state_code,
  document_text(line -> '$.message') AS message,
  document_text(line -> '$.statement') AS statement,
  logged_at
FROM line
