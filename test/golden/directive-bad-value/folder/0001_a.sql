-- embark: statement-timeout 5 minutes
select 1;
