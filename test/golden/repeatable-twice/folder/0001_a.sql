-- embark: no-transaction
-- embark: repeatable
-- embark: repeatable
insert into t values (2);
