drop table a, b;
