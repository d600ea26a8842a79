-- The document_... functions give NULL for what they do not accept; the row checks then send the document to quarantine.
SELECT
  document_text(raw.session_id) AS session_id,
  document_time(raw.session_start) AS session_start,
  -- Missing is fine, nonsense is not: -1 is what the row check refuses.
  CASE
    WHEN document_has(raw.duration) THEN COALESCE(TRY_CAST(document_integer(raw.duration) AS INTEGER), -1)
  END AS duration_seconds,
  document_boolean(raw.is_active) AS is_active,
  CASE
    WHEN raw.events IS NULL THEN 0
    WHEN json_type(raw.events) = 'ARRAY' THEN CAST(json_array_length(raw.events) AS INTEGER)
  END AS event_count,
  COALESCE(len(list_filter(json_extract_string(raw.events, '$[*].type'), lambda type: type = 'page_view')), 0)::INTEGER AS page_view_count,
  COALESCE(len(list_filter(json_extract_string(raw.events, '$[*].type'), lambda type: type = 'click')), 0)::INTEGER AS click_count,
  COALESCE(len(list_filter(json_extract_string(raw.events, '$[*].type'), lambda type: type = 'form_submit')), 0)::INTEGER AS form_submit_count,
  -- Without the query: it holds what people typed.
  regexp_extract(document_text(raw.events -> '$[0].pageUrl'), '^[^?#]*') AS landing_page,
  regexp_extract(document_text(raw.events -> '$[#-1].pageUrl'), '^[^?#]*') AS exit_page,
  lower(document_text(raw.device -> '$.type')) AS device_type,
  document_text(raw.device -> '$.os') AS os,
  document_text(raw.device -> '$.browser') AS browser,
  document_text(raw.location -> '$.ip') AS ip_address,
  document_text(raw.location -> '$.city') AS city,
  upper(document_text(raw.location -> '$.country')) AS country,
  raw.id AS document_id,
  strftime(raw.updated_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || ' ' || raw.id AS precedence,
  raw.updated_at
FROM {{raw}} AS raw
