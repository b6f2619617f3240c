-- embark: no-transaction
-- embark: repeatable twice
insert into t values (2);
