-- embark: no-transaction
begin;
insert into t values (1);
prepare transaction 'x';
