SELECT customer_id, changed_at, is_deleted, segment, country, email FROM {{version}}
