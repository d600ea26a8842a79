create table merchant (
  id         uuid primary key,
  name       text not null,
  industry   text not null check (industry in ('Retail', 'Travel', 'Food', 'Software', 'Gaming', 'Health')),
  size       text not null check (size in ('Small', 'Medium', 'Large')),
  country    text references country (code),
  created_at timestamptz not null,
  updated_at timestamptz not null check (updated_at >= created_at)
);
create index merchant_updated_at on merchant (updated_at);

create table customer (
  id         uuid primary key,
  user_name  text not null unique,
  password   text not null check (password ~ '^\$2[abxy]\$[0-9]{2}\$.{53}$'),
  email      text not null,
  full_name  text not null,
  segment    text not null check (segment in ('Standard', 'Premium', 'Business')),
  country    text references country (code),
  created_at timestamptz not null,
  updated_at timestamptz not null check (updated_at >= created_at)
);
create index customer_updated_at on customer (updated_at);
