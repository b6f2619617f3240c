-- embark: lock-timeout none

alter table orders add column note text;
-- Tests hold this lock, to look at the page in the middle of a run.
select pg_advisory_xact_lock(4711);
drop index if exists orders_nowhere;
create index orders_customer on orders (customer);
