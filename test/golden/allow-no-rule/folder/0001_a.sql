-- embark: allow : because
drop table a;
