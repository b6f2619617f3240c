drop table 'a;
