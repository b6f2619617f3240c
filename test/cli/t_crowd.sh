# shellcheck shell=bash disable=SC2034,SC2154
# Several at once, and many migrations.

it_applies_once_though_two_are_at_it() {
  new_database
  three_migrations
  local i pids=()
  for i in 1 2; do
    start "$build/embark" migrate </dev/null >"$work/out.$i" 2>"$work/err.$i"
    pids+=("$pid")
  done
  for i in 1 2; do
    status=0
    wait "${pids[i - 1]}" || status=$?
    exits 0
  done
  is "each was applied by one of them" "0001_users 0002_orders 0003_total" \
    "$(sed -n 's/^applied \([^ ]*\) .*/\1/p' "$work/err.1" "$work/err.2" | sort | xargs)"
  is "and recorded once" 3 "$(sql 'SELECT count(*) FROM embark.migrations')"
}

# The first is in the middle of a migration, as long as the table is locked.
blocked_first() {
  new_database
  three_migrations
  migration 0004_name 'alter table users add column email text;'
  sql 'CREATE TABLE unrelated ()'
  three=$PWD/migrations
  mkdir head
  cp migrations/000[123]_* head
  sql 'DROP TABLE unrelated'
  embark migrate --dir head
  hold 'LOCK TABLE users'
  start_embark migrate --dir "$three" --lock-timeout none
  in_time is_at 'alter table users%' Lock
}

it_gives_up_on_the_lock_when_told_to() {
  blocked_first
  status=0
  "$build/embark" migrate --lock-wait 0 >"$work/out.2" 2>"$work/err.2" || status=$?
  exits 5
  matches "who has it" '^DETAIL: .*is held by pid [0-9]+ \(embark, user owner' "$(cat "$work/err.2")"
  matches "what to do" '^HINT: .*--lock-wait' "$(cat "$work/err.2")"
  release
  wait_for_embark
  exits 0
}

it_says_whom_it_waits_for() {
  blocked_first
  first=$embark_pid
  cp "$err" "$work/err.1"
  err=$work/err.2 out=$work/out.2 start_embark migrate
  second=$embark_pid
  in_time grep -Eq '^waiting for pid [0-9]+ \(embark, user owner' "$work/err.2"
  release
  embark_pid=$first wait_for_embark
  exits 0
  embark_pid=$second wait_for_embark
  exits 0
  is "summary of the one that waited" "up to date: 4 migrations" "$(cat "$work/out.2")"
}

it_says_that_it_tries_again() {
  new_database
  migration 0001_t 'create table t (a int);'
  embark migrate
  migration 0002_more 'alter table t add column b int;'
  hold 'LOCK TABLE t'
  start_embark migrate --lock-timeout 50ms
  in_time grep -q '^0002_more: no lock to be had, tried again' "$err"
  release
  wait_for_embark
  exits 0
}

it_takes_a_thousand() {
  local i
  new_database
  mkdir migrations
  for i in {1..1000}; do
    printf 'create table t%d (id int);\n' "$i" >"migrations/$(printf '%04d' "$i")_t$i.sql"
  done
  embark migrate
  exits 0
  is "summary" "1000 migrations applied" "$(cat "$out")"
  is "a line for each" 1000 "$(grep -c '^applied ' "$err")"
  embark status
  exits 0
  is "a row for each" 1000 "$(grep -c '^applied ' "$out")"
  embark verify
  exits 0
  embark plan --json
  json "nothing to do" '[]' .steps
}
