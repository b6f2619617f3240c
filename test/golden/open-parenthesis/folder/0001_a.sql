create table t (
  a int default (1),
  b int;
select 2;
