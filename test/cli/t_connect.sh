# shellcheck shell=bash disable=SC2154
# Which database, who said so, as whom; and passwords, which are nobody's business.

source_of() { # ARG...: who said which database, and its name
  embark wait --timeout 0 --json "$@"
  jq -r '.database | .source + ": " + .name' "$out"
}

it_takes_the_database_from_the_first_that_says_one() {
  new_database
  local last=$PGDATABASE
  new_database
  local url
  url=$(url_of "$last")
  is "libpq's own" "libpq's own environment: $PGDATABASE" "$(source_of)"
  export POSTGRES_URL=$url
  is "POSTGRES_URL" "POSTGRES_URL: $last" "$(source_of)"
  export DATABASE_URL="dbname=template1"
  is "DATABASE_URL" "DATABASE_URL: template1" "$(source_of)"
  is "--database" "--database: $last" "$(source_of --database "dbname=$last")"
  is "-d" "--database: $last" "$(source_of -d "$url")"
  export DATABASE_URL=
  is "an empty one says nothing" "POSTGRES_URL: $last" "$(source_of)"
  embark wait
  exits 0
  unset POSTGRES_URL DATABASE_URL
}

it_says_with_v_who_said_which_database() {
  new_database
  three_migrations
  DATABASE_URL=$(url_of "$PGDATABASE" "$PGUSER:s3cret") embark status -v
  exits 0
  matches "the database" "^embark: database \"$PGDATABASE\" as \"$PGUSER\" at $PGHOST port $PGPORT, as DATABASE_URL says$" \
    "$(cat "$err")"
  lacks "the password" 's3cret' "$(cat "$out" "$err")"
}

it_never_prints_a_password() {
  new_database
  three_migrations
  local url command
  url=$(url_of "$PGDATABASE" "$PGUSER:s3cret")
  for command in migrate plan status verify 'resume' 'revert --yes' 'adopt --all --yes' wait; do
    for form in '' --json; do
      # shellcheck disable=SC2086 # words of a command
      DATABASE_URL=$url embark $command -v $form
      lacks "$command $form" 's3cret' "$(cat "$out" "$err")"
    done
  done
}

it_takes_what_a_service_file_says() {
  new_database
  local last=$PGDATABASE
  printf '[shop]\ndbname=%s\noptions=-c search_path=of_service\n' "$last" >services
  new_database
  export PGSERVICEFILE=$PWD/services
  is "the service" "--database: $last" "$(source_of -d service=shop)"
  PGDATABASE='' PGSERVICE=shop embark wait --json
  json "by the environment" "$last" .database.name
  sql "create role servant; grant all on database $last to servant"
  psql -XAtqd "$last" -c "create schema of_service authorization servant"
  migration 0001_a 'create table a ();'
  embark migrate -d service=shop --role servant
  exits 0
  is "options and role" "servant" "$(psql -XAtqd "$last" -c "select tableowner from pg_tables where schemaname = 'of_service' and tablename = 'a'")"
  psql -XAtqd "$last" -c "drop owned by servant; drop role servant"
  unset PGSERVICEFILE
}

it_takes_the_password_from_a_passfile() {
  new_database
  wants_passwords
  printf '*:*:*:locked:right-one\n' >passfile
  chmod 600 passfile
  embark wait -d "user=locked passfile=$PWD/passfile" --timeout 0
  exits 0
  PGPASSFILE=$PWD/passfile embark wait -d "user=locked" --timeout 0
  exits 0
  PGPASSWORD=right-one embark wait -d "user=locked" --timeout 0
  exits 0
  three_migrations
  embark status -d "user=locked password=wr0ng-one"
  exits 6
  matches "message" 'error: no connection to the database' "$(cat "$err")"
  matches "detail" 'password authentication failed for user "locked"' "$(cat "$err")"
  matches "who said so" 'HINT:  The connection was made as --database says' "$(cat "$err")"
  lacks "the password" 'wr0ng' "$(cat "$out" "$err")"
  embark status -d "user=locked"
  exits 6
  matches "hint" 'HINT: .*as --database says. The password can be in PGPASSWORD' "$(cat "$err")"
  sql "drop role locked"
}

it_goes_to_the_host_that_has_the_wanted_attributes() {
  new_database
  embark wait -d "host=$work/nowhere,$PGHOST target_session_attrs=read-write" --timeout 0 --json
  exits 0
  json "host" "$PGHOST" .database.host
  embark wait -d "target_session_attrs=standby" --timeout 0
  exits 6
  matches "detail" 'server is not in hot standby mode' "$(cat "$err")"
}

# A server that knows no TLS. Prints its port.
plain_server() {
  exec perl -MIO::Socket::INET -e '$| = 1;
    $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5) or die; print $s->sockport, "\n";
    while ($c = $s->accept) { sysread $c, $b, 8; syswrite $c, "N"; close $c }'
}

it_says_so_when_the_server_has_no_tls() {
  start plain_server >"$work/t/port"
  in_time test -s "$work/t/port"
  three_migrations
  embark status -d "host=127.0.0.1 port=$(cat "$work/t/port") sslmode=require"
  exits 6
  matches "detail" 'server does not support SSL, but SSL was required' "$(cat "$err")"
}

# Strings that libpq reads otherwise than they were meant, or not at all. Each has "hidden" in a
# password.
it_does_not_quote_a_string_that_it_cannot_read() {
  three_migrations
  local string form
  for string in 'postgresql://me:hid/hidden@host/db' 'postgresql://me:12/hidden@host/db' \
    'postgresql://me:pa/s?hidden=rd@host/db' 'postgresql://me:p%zzhidden@host/db' 'password=a hidden=c host=h' \
    "password='hidden" 'hidden' 'host=h password=a hidden' 'postgresql://h/db?password=a&hidden=b' \
    'postgresql://h/db?sslpassword=a&hidden=b' 'dbname=postgresql://me:hidden@h/db' 'postgresql://me:hidden@h:port/db' \
    'postgres://me:hidden@[::1/db' 'host=h port=hidden'; do
    for form in '' --json; do
      # shellcheck disable=SC2086 # none or one
      embark status -v $form --database "$string"
      exits 2
      lacks "$string" hidden "$(cat "$out" "$err")"
      # shellcheck disable=SC2086
      EMBARK_DIRECT_URL=$string embark migrate -v $form
      exits 2
      lacks "$string" hidden "$(cat "$out" "$err")"
    done
    DATABASE_URL=$string embark wait
    exits 2
    matches "who said so" '^embark wait: DATABASE_URL is no connection string' "$(cat "$err")"
    lacks "$string" hidden "$(cat "$out" "$err")"
  done
}

it_names_an_unknown_parameter() {
  embark wait -d 'postgresql://h/db?no_such=1'
  exits 2
  matches "message" 'libpq can read: invalid URI query parameter: "no_such"' "$(cat "$err")"
  embark wait -d 'no_such=1'
  exits 2
  matches "message" 'invalid connection option "no_such"' "$(cat "$err")"
  matches "hint" '^HINT:  Write postgresql://user@host:port/database or words like' "$(cat "$err")"
}

it_acts_as_a_role_whatever_its_name() {
  new_database
  sql 'create role "we""ird \ ro'"'"'le"; grant create on database '"$PGDATABASE"' to "we""ird \ ro'"'"'le"'
  sql 'create schema theirs authorization "we""ird \ ro'"'"'le"'
  migration 0001_a 'create table a ();'
  PGOPTIONS='-c search_path=theirs' embark migrate --role "we\"ird \\ ro'le"
  exits 0
  is "owner, and PGOPTIONS" "we\"ird \\ ro'le theirs" \
    "$(sql "select tableowner || ' ' || schemaname from pg_tables where tablename = 'a'")"
  sql 'drop owned by "we""ird \ ro'"'"'le"; drop role "we""ird \ ro'"'"'le"'
}

it_says_when_there_is_no_such_role() {
  three_migrations
  embark status --role nobody_here
  exits 6
  matches "detail" 'role "nobody_here" does not exist' "$(cat "$err")"
}

it_has_a_name_that_others_see() {
  new_database
  migration 0001_a "create table a as select current_setting('application_name') as name;"
  embark migrate
  is "ours" "embark" "$(sql "select name from a")"
  new_database
  PGAPPNAME=release embark migrate
  is "the one given" "release" "$(sql "select name from a")"
}
