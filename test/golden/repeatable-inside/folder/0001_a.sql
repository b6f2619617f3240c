-- embark: no-transaction
insert into t values (1)
-- embark: repeatable
on conflict do nothing;
