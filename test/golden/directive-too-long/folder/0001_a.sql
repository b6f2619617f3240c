-- embark: lock-timeout 25000h
select 1;
