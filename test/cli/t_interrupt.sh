# shellcheck shell=bash disable=SC2154
# Ctrl-C: a first one cancels what runs, a second one ends the process at once.

slow_second() {
  new_database
  migration 0001_t 'create table t (a int);'
  migration 0002_slow 'create table never (); select pg_sleep(600);'
}

# The server may be there before the command has said what is done.
is_in_the_second() {
  is_at 'select pg_sleep%' && grep -q '^applied 0001_t' "$err"
}

it_cancels_a_slow_statement() {
  slow_second
  start_embark migrate
  in_time is_in_the_second
  kill -INT "$embark_pid"
  wait_for_embark
  exits 130
  golden interrupt.err "$err"
  is "what was applied stays" 0001_t "$(sql 'SELECT tag FROM embark.migrations')"
  is "the other was rolled back" "" "$(sql "SELECT to_regclass('never')")"
}

it_is_a_document_when_it_was_interrupted() {
  slow_second
  start_embark migrate --json
  in_time is_at 'select pg_sleep%'
  kill -INT "$embark_pid"
  wait_for_embark
  exits 130
  json "what it says" '["EMBARK_E_CANCELLED",["0001_t"],130]' '[.error.code, [.applied[].tag], .exit]'
  is "nothing on standard error" "" "$(cat "$err")"
}

it_is_ended_so_by_other_signals() {
  slow_second
  start_embark migrate
  in_time is_at 'select pg_sleep%'
  kill -TERM "$embark_pid"
  wait_for_embark
  exits 130
  matches "says so" '"0002_slow" was rolled back' "$(cat "$err")"
}

it_cancels_the_building_of_an_index() {
  new_database
  migration 0001_t 'create table t (a int);'
  embark migrate
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently t_a on t (a);
END
  hold 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; INSERT INTO t VALUES (1)'
  start_embark migrate
  in_time is_at 'create index%' Lock
  kill -INT "$embark_pid"
  wait_for_embark
  exits 130
  matches "where it stopped" '"0002_index" was stopped at statement 1 of 1' "$(cat "$err")"
  release
  embark migrate
  exits 0
  is "the index is whole" t "$(sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass")"
}

it_stops_waiting_for_the_lock() {
  slow_second
  start_embark migrate
  first=$embark_pid
  in_time is_in_the_second # and says no more into the file that the other one begins
  start_embark migrate
  in_time grep -q 'waiting for' "$err"
  kill -INT "$embark_pid"
  wait_for_embark
  exits 130
  kill -INT "$first"
  wait "$first"
}

# A backend that does not move cannot be cancelled.
it_ends_at_once_by_the_second() {
  slow_second
  start_embark migrate
  in_time is_in_the_second
  backend=$(sql "SELECT pid FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%' AND pid <> pg_backend_pid()")
  kill -STOP "$backend"
  kill -INT "$embark_pid"
  in_time grep -q '^cancelling' "$err"
  kill -INT "$embark_pid"
  wait_for_embark
  kill -CONT "$backend"
  exits 130
  is "no more was said" 1 "$(tail -n +2 "$err" | wc -l)"
}
