-- embark: no-transaction
-- embark: lock-timeout 5s
create unique index concurrently if not exists i on t (a);
create index concurrently on t (b);
drop index concurrently if exists j;
reindex (concurrently, verbose) table t;
reindex schema concurrently s;
alter table p detach partition q concurrently;
alter table p detach partition q finalize;
alter type mood add value 'calm' before 'sad';
vacuum (analyze) t;
cluster;
alter system set work_mem = '1GB';
alter database d set tablespace x;
create database d;
drop database if exists d;
create tablespace x location '/x';
drop tablespace x;
create subscription s connection 'dbname=x' publication p;
alter subscription s refresh publication;
drop subscription s;
discard all;
commit prepared 'x';
rollback prepared 'y';
copy t from stdin;
1	2
\.
call p();
-- embark: repeatable
insert into t values (1) on conflict do nothing;
begin isolation level serializable;
savepoint a;
insert into t values (2);
rollback to a;
commit and no chain;
start transaction;
insert into t values (3);
abort;
