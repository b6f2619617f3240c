-- embark: repeatable
drop table b;
