-- What else decides the rows of a simulation: from when its world shifts.
alter table simulation.generated_day add column shift_from date;
