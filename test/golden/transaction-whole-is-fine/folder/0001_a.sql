begin;
savepoint a;
select 1;
rollback to a;
release a;
end;
