create table t (a int);
-- embark: no-transaction
create index concurrently i on t (a);
