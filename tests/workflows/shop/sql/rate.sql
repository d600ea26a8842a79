SELECT currency, rate_date, rate, updated_at FROM {{raw}}
