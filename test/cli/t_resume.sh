# shellcheck shell=bash disable=SC2154
# `embark resume`: a statement without a transaction that was cut off.

# A run that was killed in a statement which may not simply be run again; its backend is at work still
# for as long as the test wants.
interrupted_run() {
  new_database
  migration 0001_log 'create table log (line text);'
  migration 0002_fill <<'END'
-- embark: no-transaction
create table other (id int);

insert into log
  select 'filled' from pg_sleep(600);
create table last (id int);
END
  start env PGAPPNAME=killed "$build/embark" migrate >"$out" 2>"$err"
  in_time is_at_work
  kill -KILL "$pid"
  ended 2>"$work/null"
}
is_at_work() { [ "$(sql "select count(*) from pg_stat_activity where $filling")" = 1 ]; }
is_over() { [ "$(sql "select count(*) from pg_stat_activity where application_name = 'killed'")" = 0 ]; }
filling="application_name = 'killed' and state = 'active' and query like 'insert into log%'"

end_statement() {
  sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'killed'" >"$work/null"
  in_time is_over
}

it_says_that_nothing_is_interrupted() {
  new_database
  three_migrations
  embark migrate
  embark resume
  exits 0
  is "what is said" "no migration is interrupted" "$(cat "$out")"
  embark resume --json
  exits 0
  json "document" '[null,"resume",0]' '[.interrupted, .command, .exit]'
  golden resume_none.json "$out"
}

it_shows_a_statement_that_is_still_at_work() {
  interrupted_run
  embark resume
  exits 4
  matches "what to do" '^That process is still there' "$(cat "$out")"
  lacks "no verdict yet" 'resume --done' "$(cat "$out")"
  embark resume --json
  json "at work" '[true,true]' '[.interrupted.at_work, .interrupted.needs_verdict]'
  embark resume --done
  exits 5
  matches "message" 'the interrupted statement is still running' "$(cat "$err")"
  end_statement
}

it_shows_the_statement_and_takes_the_verdict_that_it_is_done() {
  interrupted_run
  end_statement
  embark resume
  exits 4
  golden resume.txt "$out"
  embark resume --json
  exits 4
  golden resume.json "$out"

  embark migrate
  exits 4
  matches "hint" 'HINT:  See whether it took effect \(embark resume shows the statement\)' "$(cat "$err")"
  lacks "no API" 'EMBARK_RESUME|UPDATE' "$(cat "$err")"

  embark resume --done
  exits 0
  is "what is said" "recorded: the statement took effect; go on with embark migrate" "$(cat "$out")"
  embark resume
  exits 0
  matches "nothing more to say" '^Nothing has to be said of it: embark migrate goes on by itself.$' "$(cat "$out")"
  embark migrate
  exits 0
  is "it went on behind it" "0|last" "$(sql "select (select count(*) from log) || '|' || 'last'::regclass")"
}

it_takes_the_verdict_that_it_is_to_run_again() {
  interrupted_run
  end_statement
  embark resume --again --json
  exits 0
  json "document" '["again",0]' '[.settled, .exit]'
  golden resume_again.json "$out"
  sed -i 's/pg_sleep(600)/pg_sleep(0)/' migrations/0002_fill.sql
  embark migrate
  exits 0
  is "it ran" "filled" "$(sql "select * from log")"
}

it_needs_no_verdict_where_the_next_run_finds_out() {
  new_database
  migration 0001_log 'create table log (line text);'
  embark migrate
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently log_line on log (line);
END
  start psql -XAtqc "begin; lock table log; select pg_sleep(600)" 2>"$work/null"
  in_time has_lock
  start env PGAPPNAME=killed "$build/embark" migrate >"$out" 2>"$err"
  in_time waits_for_log
  kill -KILL "$pid"
  ended 2>"$work/null"
  sql "select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and datname = current_database()" >"$work/null"
  in_time is_over
  embark resume
  exits 0
  matches "nothing to say" '^Nothing has to be said of it' "$(cat "$out")"
  embark migrate
  exits 0
}
has_lock() { [ "$(sql "select count(*) from pg_locks where relation = 'log'::regclass and granted")" = 1 ]; }
waits_for_log() { [ "$(sql "select count(*) from pg_locks where relation = 'log'::regclass and not granted")" = 1 ]; }

it_has_nothing_to_settle_where_nothing_is_interrupted() {
  new_database
  three_migrations
  embark migrate
  embark resume --done
  exits 2
  matches "message" 'error: no migration is interrupted' "$(cat "$err")"
}

it_takes_one_verdict() {
  embark resume --done --again
  exits 2
  matches "message" 'error: --done and --again exclude each other' "$(cat "$err")"
}
