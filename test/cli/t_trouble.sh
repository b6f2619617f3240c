# shellcheck shell=bash disable=SC2154
# Servers that are away, that do not let us in, that take no writes; a pooler in front of one.

# Where the servers' user may make a folder; gone with the throwaway server.
beside=$(dirname "$EMBARK_PGDATA")

# A server of test/wire; ended with the tests. Sets $server to where it listens.
start_server() { # KIND
  server=$beside/$1
  start "$root/test/wire/server" "$1" "$server"
}

accepts() { # FOLDER
  pg_isready -q -h "$1" -d postgres
}

it_says_that_a_server_is_down() {
  three_migrations
  embark migrate --database 'host=/nonexistent port=1'
  exits 6
  matches "message" '^embark: error: no connection to the database$' "$(cat "$err")"
  matches "who said where" '^HINT: .*as --database says' "$(cat "$err")"
  embark status --json --database 'host=/nonexistent port=1'
  exits 6
  json "code" EMBARK_E_CONNECTION .error.code
}

it_says_that_there_is_no_such_database() {
  three_migrations
  PGDATABASE=nowhere embark status
  exits 6
  matches "the server's words" 'database "nowhere" does not exist' "$(cat "$err")"
}

it_says_that_the_password_is_wrong() {
  three_migrations
  export PASSWORD=right-secret
  start_server scram
  unset PASSWORD
  in_time accepts "$server"
  for command in migrate plan status verify; do
    embark $command --database "postgresql://owner:wrong-secret@/postgres?host=$server&port=$PGPORT"
    exits 6
    matches "$command: the server's words" 'password authentication failed for user "owner"' "$(cat "$err")"
    lacks "$command: the password" 'wrong-secret' "$(cat "$out" "$err")"
  done
  embark status -v --database "postgresql://owner:right-secret@/postgres?host=$server&port=$PGPORT"
  exits 0
  lacks "the password" 'right-secret' "$(cat "$out" "$err")"
  embark status --json --database "postgresql://owner:right-secret@/postgres?host=$server&port=$PGPORT"
  exits 0
  lacks "the password in the document" 'right-secret' "$(cat "$out" "$err")"
  kill -INT "$pid"
  wait "$pid"
}

it_works_on_a_standby_when_all_is_there() {
  new_database
  three_migrations
  embark migrate --to 0002_orders
  start_server standby
  in_time accepts "$server"
  PGHOST=$server embark status
  exits 0
  matches "status" '^2 applied, 1 pending$' "$(cat "$out")"
  PGHOST=$server embark plan
  exits 0
  PGHOST=$server embark verify
  exits 3
  PGHOST=$server embark migrate
  exits 1
  matches "takes no writes" '^embark: error: the server is read only' "$(cat "$err")"
  matches "what to do" '^HINT: .*primary' "$(cat "$err")"
  kill -INT "$pid"
  wait "$pid"
}

it_says_which_right_is_missing() {
  new_database
  three_migrations
  sql "CREATE ROLE cli_nobody LOGIN"
  PGUSER=cli_nobody embark migrate
  exits 1
  matches "message" 'may not' "$(cat "$err")"
  embark migrate
  PGUSER=cli_nobody embark status
  exits 1
  matches "what to do" '^HINT: .*Grant the role' "$(cat "$err")"
  sql 'DROP ROLE cli_nobody'
}

it_writes_where_reading_is_the_default() {
  new_database
  three_migrations
  sql "ALTER DATABASE $PGDATABASE SET default_transaction_read_only = on"
  embark plan
  exits 0
  embark migrate
  exits 0
  is "summary" "3 migrations applied" "$(cat "$out")"
}

it_works_behind_a_pooler() {
  local mode
  for mode in transaction session; do
    new_database
    three_migrations
    migration 0004_index <<'END'
-- embark: no-transaction
create index concurrently orders_total on orders (total);
END
    start "$root/test/wire/bouncer" "$beside/bouncer.$mode" owner "$mode" 5
    in_time accepts "$beside/bouncer.$mode"
    PGHOST=$beside/bouncer.$mode embark migrate
    exits 0
    is "$mode: summary" "4 migrations applied" "$(cat "$out")"
    PGHOST=$beside/bouncer.$mode embark status --exit-code
    exits 0
    PGHOST=$beside/bouncer.$mode embark verify --json
    exits 0
    kill -INT "$pid"
    wait "$pid"
  done
}

it_says_that_the_connection_was_lost() {
  new_database
  migration 0001_t 'create table t (a int);'
  migration 0002_slow 'select pg_sleep(600);'
  start_embark migrate
  in_time is_at 'select pg_sleep%'
  sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%'
    AND pid <> pg_backend_pid()" >"$work/ignored"
  wait_for_embark
  exits 6
  matches "message" '^embark: error: ' "$(cat "$err")"
}
