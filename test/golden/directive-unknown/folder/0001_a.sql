-- embark: lock_timeout 5s
select 1;
