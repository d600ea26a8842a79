-- Two tables that nobody stamps: what changed is seen by comparing.
create table tax_rate (
  country    text not null references country (code),
  kind       text not null check (kind in ('standard', 'reduced')),
  rate       numeric(6,4) not null check (rate >= 0 and rate < 1),
  valid_from date not null,
  primary key (country, kind, valid_from)
);

create table public_holiday (
  country      text not null references country (code),
  holiday_date date not null,
  name         text not null,
  primary key (country, holiday_date)
);

create table fee_schedule (
  payment_method text not null references payment_method (name),
  merchant_size  text not null check (merchant_size in ('Small', 'Medium', 'Large')),
  percent        numeric(6,4) not null check (percent >= 0),
  fixed_eur      numeric(18,2) not null check (fixed_eur >= 0),
  valid_from     date not null,
  updated_at     timestamptz not null,
  primary key (payment_method, merchant_size, valid_from)
);
create index fee_schedule_updated_at on fee_schedule (updated_at);
