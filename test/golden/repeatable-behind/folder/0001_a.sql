-- embark: no-transaction
insert into t values (1); -- embark: repeatable
insert into t values (2);
