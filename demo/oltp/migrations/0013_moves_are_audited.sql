-- No status moves without its audit line, whoever moves it: looked at when the transaction commits, as either may be written first.
create function status_move_is_audited() returns trigger language plpgsql as $$
begin
  if not exists (
    select from transaction_state_change c
    where c.transaction_id = new.id and c.from_status = old.status and c.to_status = new.status and c.updated_at = new.updated_at
  ) then
    raise exception 'payment % moved from % to % without a line in transaction_state_change', new.id, old.status, new.status;
  end if;
  return null;
end $$;
create constraint trigger transaction_move_is_audited
  after update of status on transaction deferrable initially deferred
  for each row when (old.status is distinct from new.status) execute function status_move_is_audited();
