# shellcheck shell=bash disable=SC2154
# The admin endpoint as the example servers mount it: what is the hosts' part, over real HTTP. What it answers
# in detail is tested without a server. Sourced by test/examples/run.

SECRET=0123456789abcdef-secret
MOUNT=/api/admin/migrate
count=$(grep -c '"tag"' migrations/meta/_journal.json)

# civetweb is told its port, so one is tried that nobody else seems to have.
civetweb_answers_or_is_gone() {
  curl -s -o "$work/ignored" -m 10 "$url$MOUNT" || ! kill -0 "$pid" 2>/dev/null
}

start_civetweb() { # [NAME=VALUE...]; sets $pid, $out, $err, $url
  local tries
  out=$work/out.${#started[@]}
  err=$work/err.${#started[@]}
  for tries in {1..20}; do
    url=http://127.0.0.1:$((20000 + RANDOM % 12000))
    env "$@" "$civetweb" "${url#http://}" >"$out" 2>"$err" &
    pid=$!
    started+=("$pid")
    in_time civetweb_answers_or_is_gone
    ! kill -0 "$pid" 2>/dev/null || return 0
    wait "$pid" 2>/dev/null
  done
  expect "civetweb: $tries ports" "one that is free" "none: $(cat "$err")"
}

# It has no orderly end; a signal is the end of it.
stop_civetweb() {
  kill -TERM "$pid"
  wait "$pid" 2>/dev/null
}

# Prints what came: headers too with -i. Whatever goes wrong with curl itself is seen in what is missing. With
# by=exec it is curl that a job's number means.
ask() { # METHOD PATH [CURL-OPTION...]
  local method=$1 path=$2
  shift 2
  [ "$method" != HEAD ] || set -- --head "$@"
  ${by-} curl -sg --path-as-is -m 180 --expect100-timeout 180 -X "$method" "$@" "$url$MOUNT$path"
}

status_of() { # METHOD PATH [CURL-OPTION...]
  local method=$1 path=$2
  shift 2
  ask "$method" "$path" -o "$work/body" -w '%{http_code}' "$@"
}

known() { # METHOD PATH [CURL-OPTION...]: the same, with the secret
  ask "$@" -H "Authorization: Bearer $SECRET"
}

# The tags that have to be spelled out, of a plan or a refusal, as arguments for curl.
approvals_in() { # FILE; sets @approvals
  mapfile -t approvals < <(jq -r '.steps[] | select(.forbidden) | "-d\napprove=" + .tag' "$1")
}

approve_all() { # sets @approvals; leaves the plan in $work/plan
  known POST '?dry-run' >"$work/plan"
  approvals_in "$work/plan"
}

# Prints what a header of the name has, of what `ask -i` printed.
header_of() { # NAME
  tr -d '\r' | sed -n "1,/^\$/s/^$1: //Ip"
}

# --- what both answer ----------------------------------------------------------------------------

serves_the_page() {
  local page
  page=$(ask GET '' -i -H 'Accept: text/html')
  expect_match "$1: the page" '^HTTP/1.1 200 ' "$page"
  expect_match "$1: its type" '^text/html' "$(header_of Content-Type <<<"$page")"
  expect_match "$1: its policy" "default-src 'none'" "$(header_of Content-Security-Policy <<<"$page")"
  expect "$1: is not kept" no-store "$(header_of Cache-Control <<<"$page")"
  expect "$1: the length it tells" "$(ask GET '' -H 'Accept: text/html' | wc -c)" \
    "$(header_of Content-Length <<<"$page")"
  expect_match "$1: style sheet" 'href="migrate/admin.css' "$page"
  expect_match "$1: its type" '^200 text/css' \
    "$(status_of GET /admin.css -w '%{http_code} %{content_type}')"
  expect_match "$1: program" '^200 text/javascript' \
    "$(status_of GET /admin.js -w '%{http_code} %{content_type}')"
  expect "$1: HEAD has the same length" "$(header_of Content-Length <<<"$page")" \
    "$(ask HEAD '' -H 'Accept: text/html' | header_of Content-Length)"
}

passes_methods_and_paths_on() {
  local answer
  answer=$(ask OPTIONS '' -i)
  expect_match "$1: OPTIONS" '^HTTP/1.1 204 ' "$answer"
  expect_match "$1: what it allows" 'POST' "$(header_of Allow <<<"$answer")"
  expect "$1: of a 204 no length is told" '' "$(header_of Content-Length <<<"$answer")"
  answer=$(ask DELETE '' -i)
  expect_match "$1: DELETE" '^HTTP/1.1 405 ' "$answer"
  expect_match "$1: what there is instead" 'POST' "$(header_of Allow <<<"$answer")"
  expect "$1: nothing there" 404 "$(status_of GET /other)"
  expect "$1: a slash too much" 308 "$(status_of GET /)"
  expect "$1: a percent without digits" 404 "$(status_of GET /status%zz)"
  expect "$1: a tag is decoded once" 404 \
    "$(status_of GET '/sql?tag=0000%255Finit' -H "Authorization: Bearer $SECRET")"
  expect "$1: a tag with an escape" 0000_init "$(known GET '/sql?tag=0000%5Finit' | jq -r .tag)"
}

refuses_strangers() {
  local answer
  answer=$(ask GET /status -i)
  expect_match "$1: nothing given" '^HTTP/1.1 401 ' "$answer"
  expect 'how to' 'Bearer realm="embark"' "$(header_of WWW-Authenticate <<<"$answer")"
  expect "$1: POST" 401 "$(status_of POST '')"
  expect "$1: wrong" 401 "$(status_of POST '' -H "Authorization: Bearer ${SECRET}x")"
  expect "$1: another scheme" 401 "$(status_of POST '' -u "user:$SECRET")"
  expect "$1: nothing was applied" 0 "$(sql "$db" "SELECT count(*) FROM pg_tables WHERE schemaname = 'drizzle'")"
}

# The last one of a server's tests: it stays closed for a minute.
closes_after_ten_wrong_ones() {
  local i answer
  for i in {1..12}; do
    answer=$(status_of POST '' -H "Authorization: Bearer wrong-wrong-wrong-$i")
  done
  expect "$1: the twelfth" 429 "$answer"
  answer=$(known GET /status -i)
  expect_match "$1: nor is the right one heard" '^HTTP/1.1 429 ' "$answer"
  expect_match "$1: until when" '^[0-9]+$' "$(header_of Retry-After <<<"$answer")"
  expect "$1: the page is there" 200 "$(status_of GET '' -H 'Accept: text/html')"
}

applies_and_tells() {
  expect "$1: pending" "$count" "$(known GET /status | jq '[.migrations[] | select(.state == "pending")] | length')"
  approve_all
  expect "$1: the plan" "$count" "$(jq '.steps | length' "$work/plan")"
  expect "$1: nothing was done" "$count" \
    "$(known GET '' -H 'Accept: application/json' | jq '[.migrations[] | select(.state == "pending")] | length')"
  expect "$1: refused without a tag" "0 7" "$(known POST '' | jq -r '"\(.applied | length) \(.exit)"')"
  expect "$1: applied" "$count" "$(known POST '' "${approvals[@]}" | jq '.applied | length')"
  expect "$1: in the ledger" "$count" "$(sql "$db" 'SELECT count(*) FROM drizzle.__drizzle_migrations')"
  expect "$1: a second time there is nothing to do" "0 $count 0" \
    "$(known POST '' | jq -r '"\(.applied | length) \(.already) \(.exit)"')"
}

# Prints the events' names, each once, in the order in which they first came.
event_names() {
  sed -n 's/^event: //p' "$1" | awk '!seen[$0]++' | tr '\n' ' '
}

result_of() { # FILE
  sed -n '/^event: result/{n;s/^data: //p;}' "$1"
}

tells_events() {
  known POST '' -N -i -H 'Accept: text/event-stream' "${approvals[@]}" >"$work/events"
  expect_match "$1: type" '^text/event-stream' "$(header_of Content-Type <"$work/events")"
  expect_match "$1: events" '^planned started .*applied .*result $' "$(event_names "$work/events")"
  expect "$1: the result comes last, and whole" "$count" "$(result_of "$work/events" | jq '.applied | length')"
  expect "$1: it ends with an empty line" "" "$(tail -n 1 "$work/events")"
}

limits_the_body() {
  printf 'approve=%s' "$(a_byte 65529)" >"$work/too-large"
  expect "$1: 64 KB and a byte, of a stranger" 401 "$(status_of POST '' --data-binary "@$work/too-large")"
  expect "$1: 64 KB and a byte" 413 \
    "$(status_of POST '' --data-binary "@$work/too-large" -H "Authorization: Bearer $SECRET")"
  expect "$1: in chunks" 413 "$(status_of POST '' --data-binary "@$work/too-large" \
    -H 'Transfer-Encoding: chunked' -H "Authorization: Bearer $SECRET")"
  expect "$1: a form that names nothing known" 400 \
    "$(status_of POST '' -d 'nonsense=1' -H "Authorization: Bearer $SECRET")"
  expect "$1: JSON" 415 "$(status_of POST '' -d '{}' -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $SECRET")"
}

says_what_keeps_it_from_the_database() {
  local answer
  expect "$1: strangers do not learn it" 401 "$(status_of GET /status)"
  answer=$(known GET /status -i)
  expect_match "$1: status" '^HTTP/1.1 503 ' "$answer"
  expect_match "$1: POST" '"error"' "$(known POST '')"
  known POST '' -N -H 'Accept: text/event-stream' >"$work/events"
  expect_match "$1: by events" '"error"' "$(cat "$work/events")"
  expect "$1: keeps the password" "" "$(grep hunter2 <<<"$answer$(known POST '')$(cat "$work/events" "$err")")"
}

# --- the two servers -------------------------------------------------------------------------------

both_answer_alike() { # START STOP
  new_database
  "$1" DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  serves_the_page "$1"
  passes_methods_and_paths_on "$1"
  refuses_strangers "$1"
  limits_the_body "$1"
  applies_and_tells "$1"
  closes_after_ten_wrong_ones "$1"
  "$2"
  new_database
  "$1" DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  tells_events "$1"
  "$2"
  "$1" DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/db" MIGRATION_SECRET="$SECRET"
  says_what_keeps_it_from_the_database "$1"
  "$2"
}

the_waitlist_server_mounts_it() {
  both_answer_alike start stop
}

civetweb_mounts_it() {
  both_answer_alike start_civetweb stop_civetweb
  expect_match "civetweb: a short secret" '^2 MIGRATION_SECRET: ' \
    "$(MIGRATION_SECRET=short "$civetweb" 2>&1 >"$work/ignored" | sed "s/^/2 /")"
  MIGRATION_SECRET=short "$civetweb" >"$work/ignored" 2>&1
  expect "civetweb: status" 2 $?
  expect "civetweb: fewer than 80 lines" yes "$([ "$(wc -l <examples/04_admin_civetweb.c)" -lt 80 ] && echo yes)"
}

is_closed_without_a_secret() {
  local path
  new_database
  start DATABASE_URL="$db_url"
  for path in '' /status /admin.js '/sql?tag=0000_init'; do
    expect "GET $path" 403 "$(status_of GET "$path" -H "Authorization: Bearer $SECRET")"
  done
  expect "POST" 403 "$(status_of POST '' -H "Authorization: Bearer $SECRET")"
  expect "an empty secret" 403 "$(status_of POST '' -H "Authorization: Bearer ")"
  expect "nothing is told of it" "" "$(grep "$MOUNT" "$out")"
  expect "it serves all the same" "$NEW" "$(join a@b.example)"
  stop
}

refuses_to_start_with_a_bad_secret() {
  local bad text
  for bad in hunter2 0123456789abcde '0123456789 abcdef' $'0123456789abcdef\t'; do
    text=$(DATABASE_URL=$db_url MIGRATION_SECRET=$bad "$server" 2>&1)
    expect "${#bad} characters: status" 2 $?
    expect_match "${#bad} characters: says so" '^MIGRATION_SECRET: ' "$text"
    expect "${#bad} characters: keeps it" "" "$(grep -F "${bad%?}" <<<"$text")"
  done
  text=$(DATABASE_URL=$db_url MIGRATE_ON_START=no "$server" 2>&1)
  expect "MIGRATE_ON_START: status" 2 $?
  expect "MIGRATE_ON_START: says so" "MIGRATE_ON_START is 0 or 1, not: no" "$text"
}

waits_for_a_person_when_told_so() {
  new_database
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  expect "says where" "migrations are at $url$MOUNT" "$(head -n 1 "$out")"
  expect "not open" '503 {"ok":false,"error":"the waitlist is not open yet, please try again later"}' \
    "$(join a@b.example)"
  expect "no table was made" 0 "$(sql "$db" "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")"
  approve_all
  expect "applied" "$count" "$(known POST '' "${approvals[@]}" | jq '.applied | length')"
  expect "open, without a restart" "$NEW" "$(join a@b.example)"
  stop
  expect "nothing to tell" "" "$(cat "$err")"
}

hears_all_of_a_header() {
  new_database
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET"
  expect "the right one, and another" 401 \
    "$(status_of GET /status -H "Authorization: Bearer $SECRET" -H 'Authorization: Bearer x')"
  expect_match "one header of two wishes" '^200 text/html' "$(status_of GET '' -w '%{http_code} %{content_type}' \
    -H 'Accept: image/png' -H 'accept: text/html')"
  expect "2 MB" 413 "$(a_byte 2000000 | status_of POST '' --data-binary @- -H "Authorization: Bearer $SECRET")"
  expect "it lives on" 200 "$(status_of GET /status -H "Authorization: Bearer $SECRET")"
  stop
}

# As docs/admin.md has them, but for the address.
curl_does_what_the_manual_shows() {
  local shown
  sed -n '/^```sh$/,/^```$/p' docs/admin.md | sed "/^\`/d; s|http://127.0.0.1:8080|\$url|" >"$work/shown.sh"
  new_database
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  shown=$(url=$url MIGRATION_SECRET=$SECRET bash -eu -o pipefail "$work/shown.sh" 2>&1)
  expect "status" 0 $?
  expect "states, before and applied" "$count 1 1" "$(grep -c '^pending 0' <<<"$shown") $(
    grep -c '^0000_init$' <<<"$shown") $(grep -c '^event: result' <<<"$shown")"
  expect "all were applied" "$count" "$(sql "$db" 'SELECT count(*) FROM drizzle.__drizzle_migrations')"
  stop
}

# --- in the middle of a run ------------------------------------------------------------------------

# The first migration is applied; what it made is held, so that a run stops at the second one for a while.
given_a_run_that_waits() { # sets $streaming, the client's process, and @approvals, for curl
  new_database
  "$build/embark" migrate --quiet --dir migrations --database "$db_url" --to 0000_init
  coproc psql -XAtq -d "$db"
  holder=$COPROC_PID # the variable is gone when the process is
  echo 'BEGIN; LOCK TABLE beta_waitlist; SELECT 1;' >&"${COPROC[1]}"
  read -r -t 180 <&"${COPROC[0]}"
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  approve_all
  by='exec' known POST '' -N -H 'Accept: text/event-stream' "${approvals[@]}" >"$work/events" &
  streaming=$!
  in_time insert_waits
}

let_it_go_on() {
  echo 'COMMIT;' >&"${COPROC[1]}"
  echo '\q' >&"${COPROC[1]}"
  wait "$holder"
}

the_rest_is_applied_by_a_new_one() {
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  expect "the rest" 0 "$(known POST '' "${approvals[@]}" | jq .exit)"
  expect "each once" "$count $count" \
    "$(sql "$db" 'SELECT count(*), count(DISTINCT hash) FROM drizzle.__drizzle_migrations' | tr '|' ' ')"
  expect "and it serves" "$NEW" "$(join a@b.example)"
  stop
}

brings_a_run_to_its_end_when_told_to_end() {
  given_a_run_that_waits
  kill -TERM "$pid"
  expect "takes no more" 0 "$(in_time is_refused; echo $?)"
  let_it_go_on
  wait "$streaming"
  expect "the client gets the result" "$((count - 1)) 0" \
    "$(result_of "$work/events" | jq -r '"\(.applied | length) \(.exit)"')"
  wait "$pid"
  expect "exit status" 0 $?
  the_rest_is_applied_by_a_new_one
}

has_waited_for_twenty_seconds() { # for five at a time, which is how long a migration waits for a lock
  [ "$(grep -c '^event: retry' "$work/events")" -ge 4 ]
}

# The server closes connections that are silent for fifteen seconds, but not while it is at work for them.
lets_clients_wait_as_long_as_a_run_takes() {
  local waiting
  given_a_run_that_waits
  known POST '' "${approvals[@]}" >"$work/plain" &
  waiting=$!
  expect "waits" 0 "$(in_time has_waited_for_twenty_seconds; echo $?)"
  let_it_go_on
  wait "$waiting" "$streaming"
  expect "the stream has its result" 0 "$(result_of "$work/events" | jq .exit)"
  expect "so has who waits in silence" 0 "$(jq .exit "$work/plain")"
  stop
}

# Ten seconds are what it has for requests under way, and it holds up nobody for longer.
leaves_a_run_that_takes_too_long() {
  given_a_run_that_waits
  kill -TERM "$pid"
  wait "$pid"
  expect "exit status" 0 $?
  expect "says so" "leaving, with requests still under way" "$(cat "$err")"
  wait "$streaming"
  expect "the client gets no result" "" "$(result_of "$work/events")"
  let_it_go_on
  the_rest_is_applied_by_a_new_one
}

is_killed_in_a_run() {
  given_a_run_that_waits
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  wait "$streaming"
  expect "the client gets no result" "" "$(result_of "$work/events")"
  let_it_go_on
  the_rest_is_applied_by_a_new_one
}

# Its client goes, and nobody else is there: what was begun is done all the same.
outlives_its_client() {
  given_a_run_that_waits
  kill -KILL "$streaming"
  wait "$streaming" 2>/dev/null
  let_it_go_on
  stop
  expect "each once" "$count $count" \
    "$(sql "$db" 'SELECT count(*), count(DISTINCT hash) FROM drizzle.__drizzle_migrations' | tr '|' ' ')"
}

has_joined() { # FILE
  grep -qs '^event: planned' "$1"
}

# More wait for it than libmicrohttpd's threads or the pool's connections would be enough for.
serves_others_while_many_wait_for_a_run() {
  local i waiting=() streams=()
  given_a_run_that_waits
  for i in {1..12}; do
    known POST '' "${approvals[@]}" >"$work/plain.$i" &
    waiting+=($!)
    known POST '' -N -H 'Accept: text/event-stream' "${approvals[@]}" >"$work/stream.$i" &
    streams+=($!)
  done
  for i in {1..12}; do
    expect "stream $i joins" 0 "$(in_time has_joined "$work/stream.$i"; echo $?)"
  done
  expect "the API answers" 422 "$(join absurd | cut -c 1-3)"
  expect "the status tells of the run" true "$(known GET /status | jq .running)"
  let_it_go_on
  wait "${waiting[@]}" "${streams[@]}" "$streaming"
  for i in {1..12}; do
    expect "stream $i: the run's result" "$(result_of "$work/events" | jq -c .applied)" \
      "$(result_of "$work/stream.$i" | jq -c .applied)"
    expect "request $i: success" 0 "$(jq .exit "$work/plain.$i")"
  done
  expect "no more is running" false "$(known GET /status | jq .running)"
  stop
}

finds_the_database_again() {
  new_database
  dropdb "$db"
  start DATABASE_URL="$db_url" MIGRATION_SECRET="$SECRET" MIGRATE_ON_START=0
  says_what_keeps_it_from_the_database "no database"
  createdb "$db"
  approve_all
  expect "there it is" "$count" "$(known POST '' "${approvals[@]}" | jq '.applied | length')"
  stop
}

# --- the demo --------------------------------------------------------------------------------------

# Under a server of its own, whose folder is the only place where it may leave something.
demo() { # [NAME=VALUE...]
  mkdir -p "$work/demo"
  chmod 711 "$work" "$work/demo"
  env TMPDIR="$work/demo" "$@" scripts/throwaway-postgres scripts/demo "$build"
}

the_demo_shows_who_applied_what() {
  demo </dev/null >"$work/show"
  expect "status" 0 $?
  expect "one of four has applied all" "1 3" \
    "$(grep -c " all $count\$" "$work/show") $(grep -c ' waited$' "$work/show")"
  expect "the ledger" "$count" "$(grep -cE '^   [0-9]+ +[0-9]{4}_.* server [1-4] +[0-9]+ ms$' "$work/show")"
  expect "nothing to do for the next four" 4 "$(grep -c ' nothing to do$' "$work/show")"
  expect_match "the page" 'page    http://[0-9.:]*/api/admin/migrate' "$(cat "$work/show")"
  expect_match "the status" "status  $count migrations are pending" "$(cat "$work/show")"
  expect "within 80 columns" "" "$(grep -E '.{81}' "$work/show")"
  expect "leaves nothing" "" "$(ls -A "$work/demo")"
}

asks_for_enter() {
  grep -q 'Enter ends it' "$work/show"
}

the_demo_is_kept_open() {
  local url SECRET shown
  mkfifo "$work/enter"
  demo KEEP=1 <"$work/enter" >"$work/show" &
  shown=$!
  exec 6>"$work/enter"
  in_time asks_for_enter
  url=$(sed -n "s|^   page    \(.*\)$MOUNT\$|\1|p" "$work/show")
  SECRET=$(sed -n 's/^   secret  //p' "$work/show")
  expect_match "the page" '<!DOCTYPE html>' "$(ask GET '' -H 'Accept: text/html')"
  approve_all
  expect "applied" "$count" "$(known POST '' "${approvals[@]}" | jq '.applied | length')"
  echo >&6
  exec 6>&-
  wait "$shown"
  expect "status" 0 $?
  expect_match "what was done is seen" 'status  0 migrations are pending' "$(cat "$work/show")"
  expect "leaves nothing" "" "$(ls -A "$work/demo")"
}

endpoint_tests() {
  the_demo_shows_who_applied_what
  the_demo_is_kept_open
  the_waitlist_server_mounts_it
  is_closed_without_a_secret
  refuses_to_start_with_a_bad_secret
  waits_for_a_person_when_told_so
  hears_all_of_a_header
  curl_does_what_the_manual_shows
  brings_a_run_to_its_end_when_told_to_end
  lets_clients_wait_as_long_as_a_run_takes
  leaves_a_run_that_takes_too_long
  is_killed_in_a_run
  outlives_its_client
  serves_others_while_many_wait_for_a_run
  finds_the_database_again
  if [ -x "$civetweb" ]; then
    civetweb_mounts_it
  fi
}
