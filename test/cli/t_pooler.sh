# shellcheck shell=bash disable=SC2154
# --lock-database: the connection that holds the lock goes past a pooler; and what a pooler refuses.

# PgBouncer with a pool of so many connections, in $pooler.
a_pooler() { # SIZE
  pooler=${EMBARK_PGDATA%/*}/pool # the server's user may write there
  start "$root/test/wire/bouncer" "$pooler" "$PGUSER" transaction "$1"
  in_time pooler_accepts
}
pooler_accepts() { psql -XAtqw -h "$pooler" -c "" 2>"$work/null"; }
pooler_ends() {
  kill -INT "$pid"
  ended
}

outside_migration() {
  migration 0001_a 'create table a (id int);'
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently a_id on a (id);
END
}

it_holds_the_lock_past_the_pooler() {
  new_database
  outside_migration
  a_pooler 1
  PGCONNECT_TIMEOUT=5 embark migrate -d "host=$pooler"
  exits 6
  matches "hint" 'HINT: .*or give --lock-database to lead past the pooler' "$(cat "$err")"
  embark migrate -d "host=$pooler" --lock-database "host=$PGHOST"
  exits 0
  pooler_ends
}

it_takes_the_direct_url_from_the_environment() {
  new_database
  outside_migration
  a_pooler 1
  EMBARK_DIRECT_URL=$(url_of "$PGDATABASE") embark migrate -d "host=$pooler"
  exits 0
  pooler_ends
}

it_refuses_a_lock_database_that_is_another_one() {
  new_database
  outside_migration
  embark migrate --lock-database "dbname=postgres"
  exits 6
  matches "message" 'error: the second connection reached another database' "$(cat "$err")"
  matches "hint" 'Let --lock-database lead to the database' "$(cat "$err")"
  embark migrate
  exits 0
}

it_says_which_password_of_the_lock_database_is_wrong_without_it() {
  new_database
  outside_migration
  wants_passwords
  EMBARK_DIRECT_URL=$(url_of "$PGDATABASE" locked:wr0ng-one) embark migrate -v
  exits 6
  matches "detail" 'password authentication failed for user "locked"' "$(cat "$err")"
  lacks "the password" 'wr0ng' "$(cat "$out" "$err")"
  sql "drop role locked"
}

# Another client of the pooler would be given the role.
it_says_that_the_pooler_takes_no_role() {
  new_database
  outside_migration
  a_pooler 5
  embark status -d "host=$pooler" --role "$PGUSER"
  exits 6
  matches "detail" 'unsupported startup parameter' "$(cat "$err")"
  pooler_ends
}
