-- A location's natural key everywhere is (country, city name); the number is this database's own.
create table city (
  id         integer primary key,
  name       text not null,
  country    text not null references country (code),
  timezone   text not null,
  updated_at timestamptz not null,
  unique (country, name)
);
create index city_updated_at on city (updated_at);

alter table merchant
  add column city text,
  add constraint merchant_city foreign key (country, city) references city (country, name),
  add constraint merchant_city_has_country check (city is null or country is not null);
alter table customer
  add column city text,
  add constraint customer_city foreign key (country, city) references city (country, name),
  add constraint customer_city_has_country check (city is null or country is not null);
-- The reader's rights on customer are by column, so that a new one is hidden until somebody grants it.
grant select (city) on customer to readonlyuser;
