# shellcheck shell=bash disable=SC2034,SC2154,SC2016 # variables of lib.sh; SQL in single quotes
# embark migrate: what is applied, what is said of it, and what a failure leaves.

it_applies_what_is_pending() {
  new_database
  three_migrations
  embark migrate
  exits 0
  golden migrate.out "$out"
  golden migrate.err "$err"
  is "the column is there" "total" \
    "$(sql "SELECT column_name FROM information_schema.columns WHERE column_name = 'total'")"
}

it_has_nothing_to_do_the_second_time() {
  new_database
  three_migrations
  embark migrate
  embark migrate
  exits 0
  is "summary" "up to date: 3 migrations" "$(cat "$out")"
  is "no progress" "" "$(cat "$err")"
}

it_says_how_many_were_there() {
  new_database
  three_migrations
  embark migrate
  migration 0004_more 'create table more ();'
  embark migrate
  is "summary" "1 migration applied, 3 were there already" "$(cat "$out")"
}

it_goes_no_further_than_the_target() {
  new_database
  three_migrations
  embark migrate --to 0002_orders
  exits 0
  is "summary" "2 migrations applied, 1 is pending" "$(cat "$out")"
  embark migrate --to 0002_orders
  exits 0
  is "again" "0 migrations applied, 2 were there already, 1 is pending" "$(cat "$out")"
}

it_applies_a_single_one() {
  new_database
  three_migrations
  embark migrate --single
  exits 0
  is "summary" "1 migration applied, 2 are pending" "$(cat "$out")"
}

it_refuses_an_unknown_target() {
  new_database
  three_migrations
  embark migrate --to 0009_nosuch
  exits 2
  matches "message" '0009_nosuch' "$(cat "$err")"
}

it_says_nothing_when_quiet() {
  new_database
  three_migrations
  embark migrate --quiet
  exits 0
  is "standard output" "" "$(cat "$out")"
  is "standard error" "" "$(cat "$err")"
}

it_is_a_document_for_programs() {
  new_database
  three_migrations
  embark migrate --json
  exits 0
  golden migrate.json "$out"
  is "nothing on standard error" "" "$(cat "$err")"
}

it_is_a_document_when_all_is_there() {
  new_database
  three_migrations
  embark migrate
  embark migrate --json
  json "applied, already, pending" '[0,3,0]' '[(.applied | length), .already, .pending]'
}

it_shows_where_a_failure_is() {
  new_database
  three_migrations
  migration 0004_bad <<'END'
create table fine ();
	select 'ü', nosuch from users;
END
  embark migrate
  exits 1
  golden failure.err "$err"
  is "nothing on standard output" "" "$(cat "$out")"
  is "earlier ones stay" 3 "$(sql 'SELECT count(*) FROM embark.migrations')"
  is "it was rolled back" "" "$(sql "SELECT to_regclass('fine')")"
}

it_has_the_failure_in_the_document() {
  new_database
  three_migrations
  migration 0004_bad 'select nosuch from users;'
  embark migrate --json
  exits 1
  golden failure.json "$out"
}

it_cuts_a_long_line_around_the_column() {
  new_database
  long=$(printf 'x%.0s' {1..300})
  migration 0001_long "select '$long', nosuch, '$long';"
  embark migrate
  golden long_line.err "$err"
  is "no line is wider" "" "$(sed -n 2,3p "$err" | grep -E '^.{81}')"
  caret=$(grep -n -b -o '\^' "$err" | head -n 1)
  is "the caret is below the name" n "$(sed -n 2p "$err" | cut -c "$(($(sed -n 3p "$err" | cut -d^ -f1 | wc -c)))")"
  [ -n "$caret" ] || fail "no caret"
}

it_puts_the_caret_below_wide_characters() {
  new_database
  printf "select '\xe6\x97\xa5\xe6\x9c\xac',\tnosuch;\r\n" | migration 0001_wide
  embark migrate
  golden wide.err "$err"
}

it_passes_no_control_characters_on() {
  new_database
  migration 0001_loud <<'END'
select format(E'\x1b]0;title\x07%s', 1)::int;
END
  embark migrate
  exits 1
  lacks "escape" "$(printf '\033')" "$(cat "$err")"
  matches "a sign in its place" 'invalid input syntax.*"\?\]0;title\?1"' "$(cat "$err")"
}

it_tells_notices() {
  new_database
  migration 0001_notice "do 'begin raise notice ''half way''; raise warning ''beware''; end';"
  embark migrate
  exits 0
  matches "notice" '^NOTICE:  half way$' "$(cat "$err")"
  matches "warning" '^WARNING:  beware$' "$(cat "$err")"
}

it_runs_without_a_transaction() {
  new_database
  migration 0001_t 'create table t (a int);'
  migration 0002_index <<'END'
-- embark: no-transaction
create index concurrently t_a on t (a);
END
  embark migrate
  exits 0
  matches "applied" '^applied 0002_index \(1 statement, ' "$(cat "$err")"
}

it_says_where_it_takes_a_migration_up() {
  new_database
  migration 0001_t 'create table t (a int);'
  migration 0002_steps <<'END'
-- embark: no-transaction
create index concurrently t_a on t (a);
select 1 / (select count(*) from t);
END
  embark migrate
  exits 1
  sql 'INSERT INTO t VALUES (1)'
  embark migrate
  exits 0
  matches "taken up" '^0002_steps: taken up at statement 2 of 2' "$(cat "$err")"
}

it_says_that_the_database_is_ahead() {
  new_database
  three_migrations
  embark migrate
  rm migrations/0003_total.sql
  embark migrate
  exits 0
  matches "ahead" '^the database is ahead' "$(cat "$out")"
}

it_ends_with_4_on_drift() {
  new_database
  three_migrations
  embark migrate
  migration 0001_users 'create table users (id bigint);'
  embark migrate
  exits 4
  matches "message" '"0001_users" was changed' "$(cat "$err")"
  matches "what to do" '^HINT: .*embark accept 0001_users' "$(cat "$err")"
}

it_applies_a_late_one_when_told_to() {
  new_database
  three_migrations
  embark migrate
  migration 0000_before 'create table before_them ();'
  embark migrate
  exits 4
  embark migrate --out-of-order
  exits 0
  is "summary" "1 migration applied, 3 were there already" "$(cat "$out")"
}

it_continues_a_drizzle_ledger() {
  new_database
  embark migrate --dir "$root/migrations"
  exits 0
  is "in Drizzle's own table" "$(grep -c '"tag"' "$root/migrations/meta/_journal.json")" \
    "$(sql 'SELECT count(*) FROM drizzle.__drizzle_migrations')"
}

it_refuses_a_folder_that_is_not_there() {
  embark migrate --dir nowhere
  exits 2
  matches "message" 'cannot read the folder nowhere' "$(cat "$err")"
}

it_refuses_a_bad_file_before_it_connects() {
  mkdir migrations
  echo "select 'open" >migrations/0001_open.sql
  PGPORT=1 embark migrate
  exits 2
  matches "place" 'migrations/0001_open.sql:1:8' "$(cat "$err")"
  PGPORT=1 embark migrate --json
  exits 2
  json "place" '["migrations/0001_open.sql",1,8]' '[.error.file, .error.line, .error.column]'
}

it_is_a_document_when_the_command_line_is_wrong() {
  embark migrate --nonsense --json
  exits 2
  golden usage.json "$out"
}

it_says_when_its_output_cannot_be_written() {
  new_database
  three_migrations
  status=0
  "$build/embark" migrate --json >/dev/full 2>"$err" || status=$?
  exits 1
  matches "message" 'the result could not be written' "$(cat "$err")"
}
