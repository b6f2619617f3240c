drop table b;
vacuum a;
