-- embark: statement-timeout 5
select 1;
