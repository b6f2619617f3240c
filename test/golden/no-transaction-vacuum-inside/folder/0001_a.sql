-- embark: no-transaction
begin work;
insert into t values (1);
vacuum t;
commit;
