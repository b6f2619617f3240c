-- embark: no-transaction
begin;
insert into t values (1);
commit;
start transaction read only;
select 1;
