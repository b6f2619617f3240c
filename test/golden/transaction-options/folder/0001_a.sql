start transaction isolation level serializable;
select 1;
commit;
