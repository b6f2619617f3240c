begin isolation level serializable;
drop table b;
commit;
