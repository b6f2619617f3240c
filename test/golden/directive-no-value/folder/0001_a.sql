-- embark: lock-timeout
select 1;
