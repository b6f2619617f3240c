select 1;
-- embark: lock-timeout 5s
select 2;
