drop table b;
drop index concurrently i;
