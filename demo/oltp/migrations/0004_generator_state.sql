-- Which simulated days were written, by which generator: a day is written once. Kept apart from the company's own schema.
create schema simulation;

create table simulation.generated_day (
  day          date primary key,
  seed         bigint not null,
  start        date not null,
  rows_per_day integer not null check (rows_per_day > 0)
);
