# shellcheck shell=bash disable=SC2154
# `embark revert`.

# Three that can be reverted, and they are applied.
three_reversible() {
  new_database
  three_migrations
  migration 0001_users.down 'drop table users;'
  migration 0002_orders.down 'drop table orders;'
  migration 0003_total.down <<'END'
-- takes the column away
alter table orders drop column total;
END
  embark migrate
}
applied() { sql "select string_agg(tag, ' ' order by tag) from embark.migrations"; }
it_reverts_the_newest_one() {
  three_reversible
  embark revert --yes
  exits 0
  is "summary" "1 migration reverted" "$(cat "$out")"
  matches "what was done" '^reverted 0003_total \(1 statement, ' "$(cat "$err")"
  is "ledger" "0001_users 0002_orders" "$(applied)"
  is "schema" 0 "$(sql "select count(*) from pg_attribute where attrelid = 'orders'::regclass and attname = 'total'")"
  is "audit" "revert 0003_total $PGUSER" "$(sql 'select op, tag, "by" from embark.audit' | tr '|' ' ')"
}

it_reverts_so_many_newest_first() {
  three_reversible
  embark revert --steps 2 --yes --reason 'a try' --json
  exits 0
  json "order" '["0003_total","0002_orders"]' '[.reverted[].tag]'
  golden revert.json "$out"
  is "ledger" "0001_users" "$(applied)"
  is "reason" "a try|a try" "$(sql "select string_agg(reason, '|') from embark.audit")"
}

it_reverts_what_came_after_a_migration() {
  three_reversible
  embark revert --to 0001_users --yes
  exits 0
  is "summary" "2 migrations reverted" "$(cat "$out")"
  is "ledger" "0001_users" "$(applied)"
}

it_reverts_all() {
  three_reversible
  embark revert --all --yes
  exits 0
  is "ledger" "" "$(applied)"
  embark revert --yes
  exits 0
  is "nothing more" "nothing to revert" "$(cat "$out")"
  embark revert --yes --json
  exits 0
  json "nothing more" '[[],false,0]' '[.reverted, .dry_run, .exit]'
  embark migrate
  exits 0
  is "and forth again" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_shows_what_would_be_reverted() {
  three_reversible
  embark revert --steps 2 --dry-run
  exits 0
  golden revert_dry_run.txt "$out"
  is "nothing else" "" "$(cat "$err")"
  embark revert --all --dry-run --json
  exits 0
  golden revert_dry_run.json "$out"
  is "nothing is done" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_needs_yes_where_nobody_can_be_asked() {
  three_reversible
  embark revert
  exits 2
  matches "message" 'error: there is no terminal to ask on' "$(cat "$err")"
  matches "hint" 'HINT:  Give --yes; --dry-run shows what would be done' "$(cat "$err")"
  embark revert --json
  exits 2
  json "document" '[2,"revert"]' '[.exit, .command]'
  is "nothing is done" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_asks_on_a_terminal_and_takes_a_yes() {
  three_reversible
  on_a_terminal y embark revert --steps 2
  exits 0
  matches "shows" '^  0003_total   0003_total.down.sql$' "$(cat "$out")"
  matches "asks" "Revert 2 migrations of database \"$PGDATABASE\" at $PGHOST\\? \\[y/N\\]" "$(cat "$out")"
  matches "does it" '^2 migrations reverted$' "$(cat "$out")"
  is "ledger" "0001_users" "$(applied)"
}

it_does_nothing_without_a_yes() {
  three_reversible
  local answer
  for answer in n '' no yesterday; do
    on_a_terminal "$answer" embark revert
    exits 1
    matches "says so" 'embark: nothing was done$' "$(cat "$out")"
  done
  is "ledger" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_does_not_ask_in_a_document() {
  three_reversible
  on_a_terminal y embark revert --json
  exits 2
  is "ledger" "0001_users 0002_orders 0003_total" "$(applied)"
}

# What the person agreed to is not what there is any more.
it_does_nothing_when_somebody_else_was_faster() {
  three_reversible
  mkfifo answers
  NO_COLOR=1 script -qec "embark revert" "$work/null" <answers >"$out" 2>"$err" &
  pid=$!
  started+=("$pid")
  exec 8>answers
  in_time grep -q 'y/N' "$out"
  "$build/embark" revert --yes >"$work/null" 2>&1
  echo y >&8
  ended
  exec 8>&-
  exits 1
  matches "says so" 'error: somebody else has changed the database meanwhile, so nothing was done' "$(cat "$out")"
  is "ledger" "0001_users 0002_orders" "$(applied)"
}

it_refuses_an_irreversible_one_before_anything_runs() {
  three_reversible
  rm migrations/0001_users.down.sql
  embark revert --all --yes
  exits 2
  matches "message" 'error: .*0001_users' "$(cat "$err")"
  is "ledger" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_says_what_a_failure_leaves() {
  three_reversible
  migration 0002_orders.down <<'END'
drop index orders_user;
drop table ordres;
END
  embark revert --all --yes
  exits 1
  golden revert_failure.txt "$err"
  is "ledger" "0001_users 0002_orders" "$(applied)"
  is "rolled back" "orders_user" "$(sql "select 'orders_user'::regclass")"
  embark revert --all --yes --json
  exits 1
  json "place" '["0002_orders","0002_orders.down.sql",2,2,null,"42P01",[]]' \
    '[.error.tag, .error.file, .error.statement, .error.line, .error.column, .error.sqlstate, .reverted]'
}

it_says_which_were_reverted_before_a_failure() {
  three_reversible
  migration 0002_orders.down 'drop table ordres;'
  embark revert --all --yes --json
  exits 1
  json "reverted" '[["0003_total"],1]' '[[.reverted[].tag], .exit]'
}

it_refuses_a_target_that_is_not_there() {
  three_reversible
  embark revert --to 0009_nothing --yes
  exits 2
  matches "message" 'error: .*0009_nothing' "$(cat "$err")"
  lacks "names of the API" 'EMBARK_|embark-bundle' "$(cat "$err")"
}

it_wants_one_of_its_ways_to_say_how_far() {
  embark revert --to 0001_users --steps 1
  exits 2
  matches "message" 'error: --to, --steps and --all exclude each other' "$(cat "$err")"
  embark revert --all --steps 1
  exits 2
}

it_refuses_to_revert_while_the_history_is_not_sound() {
  three_reversible
  echo '-- edited' >>migrations/0001_users.sql
  embark revert --yes
  exits 4
  is "ledger" "0001_users 0002_orders 0003_total" "$(applied)"
}

it_stops_at_ctrl_c_and_says_what_stays_reverted() {
  three_reversible
  migration 0002_orders.down <<'END'
drop table orders;
select pg_sleep(600);
END
  start env --default-signal=INT "$build/embark" revert --all --yes >"$out" 2>"$err"
  in_time is_asleep
  in_time grep -q '^reverted 0003_total' "$err" # the server may be there before that is said
  kill -INT "$pid"
  ended
  exits 130
  golden revert_interrupted.txt "$err"
  is "ledger" "0001_users 0002_orders" "$(applied)"
}
is_asleep() { [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep'
  and datname = current_database()")" = 1 ]; }
