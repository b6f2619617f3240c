create table t (a int);
-- embark: repeatable
insert into t values (1);
