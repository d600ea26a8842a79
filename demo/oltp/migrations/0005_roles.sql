-- Roles belong to the cluster, not to the database: another database of the cluster may have made them already, or be making them now.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['admin', 'developer', 'readonlyuser'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;

grant usage on schema public to developer, readonlyuser;
grant all on schema public to admin;
grant all on all tables in schema public to admin;
grant all on all sequences in schema public to admin;
grant select, insert, update, delete on all tables in schema public to developer;
grant usage on all sequences in schema public to developer;
grant select on all tables in schema public to readonlyuser;

-- Partitions that do not exist yet are read by name when a table is read in chunks.
alter default privileges in schema public grant all on tables to admin;
alter default privileges in schema public grant select, insert, update, delete on tables to developer;
alter default privileges in schema public grant select on tables to readonlyuser;

-- Password hashes never leave: the reader gets every other column, and ctid, by which tables are read in chunks.
revoke select on customer from readonlyuser;
grant select (ctid, id, user_name, email, full_name, segment, country, created_at, updated_at) on customer to readonlyuser;
