begin;
drop table b;
commit;
drop table a;
