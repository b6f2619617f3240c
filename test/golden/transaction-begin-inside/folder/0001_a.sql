insert into t values (1);
begin;
insert into t values (2);
commit;
