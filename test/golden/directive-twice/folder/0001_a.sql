-- embark: lock-timeout 5s
-- embark: lock-timeout 6s
select 1;
