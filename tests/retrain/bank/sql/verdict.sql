SELECT id, event_id, is_fraud, known_at FROM {{raw}}
