-- +goose Up
create table t ();
-- +goose Down
drop table t;
