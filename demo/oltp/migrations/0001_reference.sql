-- Small tables that others refer to. updated_at is the application's clock everywhere: no default of now(), so that nobody forgets to set it.
create extension if not exists pgcrypto;

create table currency (
  code       text primary key check (code ~ '^[A-Z]{3}$'),
  exponent   smallint not null check (exponent between 0 and 4),
  updated_at timestamptz not null
);
create index currency_updated_at on currency (updated_at);

create table country (
  code       text primary key check (code ~ '^[A-Z]{2}$'),
  name       text not null,
  region     text not null,
  currency   text not null references currency (code),
  updated_at timestamptz not null
);
create index country_updated_at on country (updated_at);

create table exchange_rate (
  currency    text not null references currency (code) check (currency <> 'EUR'),
  rate_date   date not null,
  rate_to_eur numeric(18,8) not null check (rate_to_eur > 0),
  updated_at  timestamptz not null,
  primary key (currency, rate_date)
);
create index exchange_rate_updated_at on exchange_rate (updated_at);

create table payment_status (
  code        text primary key,
  is_captured boolean not null,
  updated_at  timestamptz not null
);
create index payment_status_updated_at on payment_status (updated_at);

create table payment_method (
  name       text primary key,
  updated_at timestamptz not null
);
create index payment_method_updated_at on payment_method (updated_at);

create table device_type (
  name       text primary key,
  updated_at timestamptz not null
);
create index device_type_updated_at on device_type (updated_at);
