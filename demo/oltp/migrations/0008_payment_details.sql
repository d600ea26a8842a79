create table order_line (
  transaction_id         uuid not null,
  transaction_event_time timestamptz not null,
  line_no                integer not null check (line_no > 0),
  product_id             uuid not null references product (id),
  quantity               integer not null check (quantity > 0),
  unit_price             numeric(18,2) not null check (unit_price > 0),
  amount                 numeric(18,2) not null,
  currency               text not null references currency (code),
  updated_at             timestamptz not null,
  primary key (transaction_id, line_no),
  check (amount = quantity * unit_price),
  foreign key (transaction_id, transaction_event_time) references transaction (id, event_time)
);
create index order_line_updated_at on order_line (updated_at);

create table dispute (
  id                     uuid primary key,
  transaction_id         uuid not null,
  transaction_event_time timestamptz not null,
  amount                 numeric(18,2) not null check (amount > 0),
  currency               text not null references currency (code),
  reason                 text not null check (reason in ('fraudulent', 'product_not_received', 'duplicate', 'other')),
  status                 text not null check (status in ('open', 'won', 'lost')),
  created_at             timestamptz not null check (created_at >= transaction_event_time),
  closed_at              timestamptz check (closed_at >= created_at),
  updated_at             timestamptz not null check (updated_at >= created_at),
  check ((status = 'open') = (closed_at is null)),
  foreign key (transaction_id, transaction_event_time) references transaction (id, event_time)
);
create index dispute_updated_at on dispute (updated_at);
create index dispute_transaction on dispute (transaction_id);

-- What the gateways tell, as they tell it: no key, and the same line twice when they repeat themselves.
create table gateway_event (
  transaction_id uuid not null,
  gateway        text not null,
  event_type     text not null check (event_type in ('authorisation', 'capture', 'decline', 'timeout')),
  response_code  text,
  latency_ms     integer check (latency_ms >= 0),
  message        text,
  occurred_at    timestamptz not null,
  updated_at     timestamptz not null
);
create index gateway_event_updated_at on gateway_event (updated_at);
create trigger gateway_event_append_only
  before update or delete or truncate on gateway_event
  for each statement execute function append_only();
