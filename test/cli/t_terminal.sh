# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# On a terminal: tmux has one, and says what is to be seen on it.

# One after the other, each with a server of its own: one that ends still answers for a while.
terminals=0
pane() { tmux -S "$work/tmux.$terminals" "$@"; }

open_terminal() { # COLUMNS [ROWS]
  status=0
  terminals=$((terminals + 1))
  pane -f /dev/null new-session -d -x "$1" -y "${2:-40}" "env PS1='\$ ' ENV= sh"
  in_time shows '^\$ ?$'
}

close_terminal() {
  pane kill-server
}

seen() { # [OPTION...]: the pane's lines, without the empty ones below
  pane capture-pane -p "$@" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

shows() { # PATTERN: some line matches
  seen | grep -Eq -- "$1"
}

enter() { # LINE
  pane send-keys -l "$1"
  pane send-keys Enter
}

# What is typed before the shell asks for it is echoed first, and the answer then stands behind the prompt.
ask_how_it_ended() {
  in_time shows '^\$ ?$'
  enter 'echo "ended $?"'
  in_time shows '^ended [0-9]+$'
}

# Type a command and wait for its end; $work/pane is what it left, without the line that was typed. The end has
# a number, as that of the command before may still be seen, and the shell is to ask for more behind it.
turn=0
type_in() { # LINE
  turn=$((turn + 1))
  enter "clear; $1; echo \"ended \$? of $turn\""
  in_time has_ended
  sed -i -e '1{/clear;/d}' -e 's/^\(ended [0-9]*\) of [0-9]*$/\1/' "$work/pane"
}
has_ended() {
  seen >"$work/pane"
  tail -n 2 "$work/pane" | paste -sd ' ' | grep -Eq "^ended [0-9]+ of $turn \\$ ?$"
}

# Tags and users of some length, and all kinds of notes.
wide_history() {
  new_database
  rm -rf migrations
  migration 0001_users 'create table users (id int primary key, name text not null);'
  migration 0002_orders_and_what_belongs_to_them 'create table orders (id int primary key);'
  migration 0003_gone 'select 1;'
  migration 0004_last 'select 2;'
  embark migrate
  sql "UPDATE embark.migrations SET duration = '12 ms'" # columns are as wide as what is in them
  migration 0002_orders_and_what_belongs_to_them 'create table orders (id bigint primary key);'
  rm migrations/0003_gone.sql
  migration 0000_late 'select 3;'
  migration 0005_an_index_that_takes_its_time <<'END'
-- embark: no-transaction
create index concurrently users_name on users (name);
END
}

it_fits_into_its_columns() {
  local columns
  for columns in 80 200; do
    wide_history
    open_terminal $columns
    type_in 'embark status --no-color'
    golden "terminal_status.$columns" "$work/pane"
    rm migrations/0000_late.sql
    type_in 'embark verify --no-color'
    golden "terminal_verify.$columns" "$work/pane"
    close_terminal
  done
}

it_plans_in_its_columns() {
  local columns
  wide_history
  migration 0002_orders_and_what_belongs_to_them 'create table orders (id int primary key);'
  migration 0003_gone 'select 1;'
  for columns in 80 200; do
    open_terminal $columns
    type_in 'embark plan --out-of-order --no-color'
    golden "terminal_plan.$columns" "$work/pane"
    close_terminal
  done
}

it_shows_hazards_in_its_columns() {
  local columns
  wide_history
  migration 0002_orders_and_what_belongs_to_them 'create table orders (id int primary key);'
  migration 0003_gone 'select 1;'
  migration 0006_drop_what_nobody_has_asked_for 'alter table users drop column name;'
  migration 0007_unlogged 'alter table users set unlogged; update users set id = id + 1;'
  for columns in 80 200; do
    open_terminal $columns
    type_in 'embark plan --out-of-order --no-color --forbid destructive'
    golden "terminal_forbid.$columns" "$work/pane"
    type_in 'embark status --no-color'
    golden "terminal_hazards.$columns" "$work/pane"
    close_terminal
  done
}

it_shows_an_error_in_its_columns() {
  local columns
  for columns in 80 200; do
    new_database
    three_migrations
    migration 0004_bad "select '$(printf 'long %.0s' {1..40})', nosuch from users;"
    open_terminal $columns
    type_in 'embark migrate'
    golden "terminal_migrate.$columns" "$work/pane"
    close_terminal
  done
}

it_has_colours() {
  wide_history
  open_terminal 80
  type_in 'embark status'
  matches "an applied one is green" $'\e\\[32mapplied' "$(seen -e)"
  matches "a changed one is red" $'\e\\[31mchanged' "$(seen -e)"
  type_in 'NO_COLOR=1 embark status'
  lacks "NO_COLOR" $'\e\\[3' "$(seen -e)"
  type_in 'embark status --no-color'
  lacks "--no-color" $'\e\\[3' "$(seen -e)"
  type_in 'TERM=dumb embark status'
  lacks "TERM=dumb" $'\e\\[3' "$(seen -e)"
  close_terminal
}

# As shows, and $work/pane is what was seen then: the line may be drawn anew meanwhile.
is_drawn() { # PATTERN
  seen >"$work/pane"
  grep -Eq -- "$1" "$work/pane"
}

it_shows_what_runs_and_leaves_nothing_of_it() {
  new_database
  migration 0001_t 'create table t (a int);'
  migration 0002_slow 'select 1; select   pg_sleep(600), repeat($$long$$, 1), $$and longer than the line has room for$$;'
  open_terminal 80
  enter 'clear; embark migrate'
  in_time is_drawn '^2/2 \[#####-----\] 0002_slow [0-9.]+ (ms|s)  2 of 2: select pg_sleep\(600\).*\.\.\.$'
  is "the line before it" 1 "$(grep -c '^applied 0001_t' "$work/pane")"
  is "it is one line" 1 "$(grep -c pg_sleep "$work/pane")"
  pane send-keys C-c
  ask_how_it_ended
  is "exit status" "ended 130" "$(seen | grep '^ended')"
  matches "says that it cancels" 'cancelling \.\.\. \(once more ends it at once\)$' "$(seen)"
  matches "what stays" 'Of this run 1 migration stays applied' "$(seen)"
  lacks "nothing is left of the line" '^2/2|\[#' "$(seen)"
  close_terminal
}

it_shows_how_far_an_index_is() {
  new_database
  migration 0001_t 'create table t (a int);'
  embark migrate
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently t_a on t (a);
END
  hold 'INSERT INTO t VALUES (1)'
  open_terminal 100
  enter 'clear; embark migrate'
  in_time shows '^1/1 \[----------\] 0002_index [0-9.]+ s  waiting for writers before build 0 %: create index'
  is "a second connection asks" 2 "$(sql "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'embark' AND query NOT LIKE '%advisory%'")"
  release
  in_time shows '^1 migration applied, 1 was there already$'
  lacks "nothing is left of the line" 'waiting for' "$(seen)"
  close_terminal
}

# Room for the run and its keeper, and for nobody who only looks.
it_builds_an_index_though_nobody_can_watch() {
  new_database
  sql "CREATE ROLE cli_limited LOGIN CONNECTION LIMIT 2; GRANT CREATE ON DATABASE $PGDATABASE TO cli_limited;
    GRANT ALL ON SCHEMA public TO cli_limited"
  migration 0001_t 'create table t (a int);'
  PGUSER=cli_limited embark migrate
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently t_a on t (a);
END
  hold 'INSERT INTO t VALUES (1)'
  open_terminal 100
  enter 'clear; PGUSER=cli_limited embark migrate'
  in_time shows '^1/1 \[----------\] 0002_index ([2-9]|[1-9][0-9]+)(\.[0-9]+)? (s|min)  create index concurrently'
  matches "it was refused" 'too many connections for role "cli_limited"' "$(cat "$EMBARK_PGLOG")"
  release
  in_time shows '^1 migration applied, 1 was there already$'
  close_terminal
  sql 'DROP OWNED BY cli_limited; DROP ROLE cli_limited'
}

it_shows_whom_it_waits_for() {
  new_database
  migration 0001_slow 'select pg_sleep(600);'
  start_embark migrate
  in_time is_at 'select pg_sleep%'
  open_terminal 120
  enter 'clear; embark migrate'
  in_time shows '^[0-9.]+ (ms|s)  waiting for pid [0-9]+ \(embark, user owner, (active|idle in transaction)\)$'
  pane send-keys C-c
  in_time shows '^embark: error: the run was cancelled'
  lacks "nothing is left of the line" '  waiting for pid' "$(seen)"
  close_terminal
  kill -INT "$embark_pid"
  wait_for_embark
}

it_ends_at_once_by_a_second_ctrl_c() {
  new_database
  migration 0001_slow 'select pg_sleep(600);'
  open_terminal 80
  enter 'clear; embark migrate'
  in_time is_at 'select pg_sleep%'
  backend=$(sql "SELECT pid FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%' AND pid <> pg_backend_pid()")
  kill -STOP "$backend"
  pane send-keys C-c
  in_time shows 'cancelling \.\.\.'
  pane send-keys C-c
  ask_how_it_ended
  is "exit status" "ended 130" "$(seen | grep '^ended')"
  kill -CONT "$backend"
  lacks "it says no more" 'error:' "$(seen)"
  close_terminal
}

it_is_quiet_in_a_pipeline() {
  new_database
  three_migrations
  open_terminal 80
  type_in 'embark migrate 2>&1 | cat -v'
  golden terminal_pipeline "$work/pane"
  close_terminal
}
