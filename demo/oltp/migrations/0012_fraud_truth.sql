-- Which payments really are fraud: known to the simulation only, to measure by what disputes and models say.
create table simulation.fraud (
  transaction_id uuid primary key,
  event_time     timestamptz not null,
  pattern        text not null
);
