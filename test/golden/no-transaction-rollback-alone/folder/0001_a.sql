-- embark: no-transaction
insert into t values (1);
rollback;
