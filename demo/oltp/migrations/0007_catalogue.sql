create table product_category (
  id         integer primary key,
  name       text not null unique,
  updated_at timestamptz not null
);
create index product_category_updated_at on product_category (updated_at);

-- No foreign key to merchant, as for payments: the catalogue may come first.
create table product (
  id          uuid primary key,
  merchant_id uuid not null,
  name        text not null,
  category_id integer not null references product_category (id),
  price       numeric(18,2) not null check (price > 0),
  currency    text not null references currency (code),
  is_active   boolean not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null check (updated_at >= created_at)
);
create index product_updated_at on product (updated_at);
create index product_merchant on product (merchant_id);

create table subscription (
  id               uuid primary key,
  customer_id      uuid not null references customer (id),
  merchant_id      uuid not null,
  product_id       uuid not null references product (id),
  plan             text not null check (plan in ('basic', 'plus', 'pro')),
  amount           numeric(18,2) not null check (amount > 0),
  currency         text not null references currency (code),
  billing_interval text not null check (billing_interval in ('week', 'month', 'year')),
  status           text not null check (status in ('active', 'past_due', 'cancelled')),
  started_at       timestamptz not null,
  cancelled_at     timestamptz check (cancelled_at >= started_at),
  updated_at       timestamptz not null check (updated_at >= started_at),
  check ((status = 'cancelled') = (cancelled_at is not null))
);
create index subscription_updated_at on subscription (updated_at);
create index subscription_customer on subscription (customer_id);

-- Card numbers never reach this database: the vault hands out tokens. Subscriptions are deleted for good, so payments do not refer to them.
alter table transaction
  add column card_token text check (card_token ~ '^tok_[0-9a-f]{24}$'),
  add column card_country text references country (code),
  add column subscription_id uuid,
  add constraint transaction_card check (card_token is null or payment_method in ('Credit Card', 'Debit Card')),
  add constraint transaction_card_country check (card_country is null or card_token is not null);
create index transaction_subscription on transaction (subscription_id) where subscription_id is not null;
