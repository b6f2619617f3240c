-- migrate:up
create table t ();
-- migrate:down
drop table t;
