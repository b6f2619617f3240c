# shellcheck shell=bash disable=SC2034 # what is set is for the parts
# lib.sh - what the parts of the tests of `embark` have in common. Sourced by test/cli/run.

root=$PWD
build=${1:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
[ $# -eq 0 ] || shift
bless=no
parts=()
for arg; do
  if [ "$arg" = --bless ]; then bless=yes; else parts+=("$arg"); fi
done
if [ ${#parts[@]} -eq 0 ]; then
  # Those that take long come first, or one of several that run at once would be alone with it at the end.
  mapfile -t parts < <(printf '%s\n' script revert advice terminal migrate
    printf '%s\n' test/cli/t_*.sh | sed 's|.*/t_\(.*\)\.sh$|\1|')
  mapfile -t parts < <(printf '%s\n' "${parts[@]}" | awk '!seen[$0]++')
fi

# is_ours PART: nobody who runs beside us has taken it, and nobody will now.
is_ours() {
  [ -z "${EMBARK_TEST_TAKEN-}" ] || mkdir "$EMBARK_TEST_TAKEN/$1" 2>/dev/null
}

golden=$root/test/cli/golden
work=$(mktemp -d "${TMPDIR:-/tmp}/embark-cli.XXXXXX")
out=$work/out # standard output of the last run
err=$work/err # its standard error
passed=0
failed=0
databases=0 # how many were made, cli_1 and so on
dropped=0
started=() # processes to end in any case
# PGDATABASE is what the tests are connected by, unless they say otherwise.
unset DATABASE_URL POSTGRES_URL EMBARK_DIRECT_URL NO_COLOR PGAPPNAME
export LC_ALL=C.UTF-8 TZ=UTC TERM=xterm
PATH=$build:$EMBARK_PGCLIENT:$PATH

# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  local socket pid
  for socket in "$work"/tmux.*; do
    [ ! -S "$socket" ] || tmux -S "$socket" kill-server 2>/dev/null
  done
  for pid in "${started[@]}"; do
    { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# --- checks --------------------------------------------------------------------------------------

pass() { passed=$((passed + 1)); }

fail() { # WHAT [LINE...]
  failed=$((failed + 1))
  printf 'FAILED %s: %s\n' "$current_test" "$1"
  shift
  for line; do
    printf '%s\n' "$line" | head -n 40 | sed 's/^/    /'
  done
}

is() { # WHAT WANTED GOT
  if [ "$2" = "$3" ]; then
    pass
  else
    fail "$1" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"))" "standard error: $(cat "$err" 2>/dev/null)"
  fi
}

matches() { # WHAT PATTERN GOT: an extended regular expression that some line matches
  if printf '%s\n' "$3" | grep -Eq -- "$2"; then
    pass
  else
    fail "$1" "wanted a match of: $2" "got: $3" "standard error: $(cat "$err" 2>/dev/null)"
  fi
}

lacks() { # WHAT PATTERN GOT: no line matches
  if printf '%s\n' "$3" | grep -Eq -- "$2"; then
    fail "$1" "wanted no match of: $2" "got: $3"
  else
    pass
  fi
}

# exits STATUS: that of the last run.
exits() {
  is "exit status" "$1" "$status"
}

# Times, durations, processes, ports and folders replaced: what is left is the same in each run. A
# duration takes the blanks before it along, since it is aligned.
normalize() {
  sed -E -e 's/("[a-z]+_at": )"[^"]*"/\1"2000-01-01T00:00:00.000000Z"/g' \
    -e '/_at": /!s/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}(\.[0-9]+)?Z?/TIME/g' \
    -e 's/ *\b[0-9]+(\.[0-9]+)? (ms|s|min|h)\b/ DURATION/g' \
    -e 's/("[a-z_]*_ms": )[0-9.]+/\11.5/g' \
    -e 's/("[a-z_]*pid": )[1-9][0-9]*/\11/g' \
    -e 's/\b(process|PID|pid) [0-9]+/\1 PID/g' \
    -e "s|$work|WORK|g" -e "s|$PGHOST|HOST|g" -e "s/\\b$PGPORT\\b/PORT/g" \
    -e "s/\\bcli_[0-9]+\\b/DATABASE/g" -e 's/("embark": )"[0-9.]+"/\1"0.0.0"/'
}

# golden NAME FILE: the file is as golden/NAME has it; or, blessing, becomes so.
golden() {
  normalize <"$2" >"$work/normal"
  [ $bless = no ] || cp "$work/normal" "$golden/$1"
  if cmp -s "$golden/$1" "$work/normal"; then
    pass
  else
    fail "golden/$1" "$(diff "$golden/$1" "$work/normal")" "standard error: $(cat "$err")"
  fi
}

# json WHAT WANTED FILTER: what jq makes of standard output, compact.
json() {
  is "$1" "$2" "$(jq -rc "$3" "$out" 2>&1)"
}

# --- the world of a test ---------------------------------------------------------------------------

begin_test() { # NAME
  current_test=$1
  rm -rf "$work/t"
  mkdir "$work/t"
  : >"$out"
  : >"$err"
  status=none
  cd "$work/t" || exit 1
  export PGDATABASE=postgres
}

end_test() {
  cd "$root" || exit 1
  drop_databases
  [ "$status" != none ] || fail "the test has run nothing"
}

# A copy of the cluster, as a standby is one, shall not be one of all that was.
drop_databases() {
  local drops=()
  while [ "$dropped" -lt "$databases" ]; do
    dropped=$((dropped + 1))
    drops+=(-c "DROP DATABASE IF EXISTS cli_$dropped WITH (FORCE)")
  done
  [ ${#drops[@]} -eq 0 ] || in_time drop "${drops[@]}" || fail "the database is still in use: $(cat "$work/said")"
}
# The server gives those that it ends five seconds.
drop() { psql -XAtq -d postgres "$@" >"$work/said" 2>&1; }

# embark ARG...: run it without a terminal; sets $status, and fills $out and $err.
embark() {
  status=0
  "$build/embark" "$@" </dev/null >"$out" 2>"$err" || status=$?
}

# A process that is ended with the tests, if it still is there then; sets $pid.
start() { # COMMAND...
  "$@" &
  pid=$!
  started+=("$pid")
}

new_database() { # an empty one, which PGDATABASE names from then on
  databases=$((databases + 1))
  createdb "cli_$databases" || exit 1
  export PGDATABASE=cli_$databases
}

sql() { # QUERY; prints rows plainly
  psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

# migration NAME [SQL]: a file of ./migrations, its text from standard input where none is given.
migration() {
  mkdir -p migrations
  if [ $# -gt 1 ]; then printf '%s\n' "$2"; else cat; fi >"migrations/$1.sql"
}

# Three ordinary ones.
three_migrations() {
  migration 0001_users 'create table users (id int primary key, name text not null);'
  migration 0002_orders <<'END'
create table orders (id int primary key, user_id int references users);
create index orders_user on orders (user_id);
END
  migration 0003_total 'alter table orders add column total numeric;'
}

# hold SQL: a session that has done this in a transaction, and stays in it until it is let go of.
hold() {
  rm -f "$work/hold"
  : >"$work/held"
  mkfifo "$work/hold"
  exec 8<>"$work/hold" # for both, or each end would wait for the other to be opened
  psql -XAtq <"$work/hold" >"$work/held" 8>&- & # not by start: a background command has no input
  holder=$!
  started+=("$holder")
  echo "BEGIN; $1; SELECT 'held';" >&8
  in_time grep -q held "$work/held"
}

release() {
  printf 'ROLLBACK;\n\\q\n' >&8
  exec 8>&-
  wait "$holder"
}

# A background run that takes Ctrl-C, as a shell's background commands do not; sets $pid. Its output
# is in $out and $err; wait_for_embark sets $status.
start_embark() { # ARG...
  start env --default-signal=INT,QUIT "$build/embark" "$@" </dev/null >"$out" 2>"$err" 8>&-
  embark_pid=$pid
}

wait_for_embark() {
  status=0
  wait "$embark_pid" || status=$?
}

# A session of the test's database is at a statement like PATTERN, and waits for WHAT (a type of
# wait_event) if that is given.
is_at() { # PATTERN [WHAT]
  [ "$(sql "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '$1'
    AND coalesce(wait_event_type, '') LIKE '${2:-%}'")" = t ]
}

# A wait that only ends so when something is wrong, however busy the machine is.
in_time() { # COMMAND...
  local end=$((SECONDS + 180))
  until "$@"; do
    if [ "$SECONDS" -ge "$end" ]; then
      fail "not in time: $*"
      return 1
    fi
    sleep 0.02
  done
}

url_of() { # DATABASE [USER[:PASSWORD]]
  echo "postgresql://${2:-$PGUSER}@/$1?host=$PGHOST&port=$PGPORT"
}

# wants_passwords: the test's database is closed to a role "locked" without its password, right-one.
wants_passwords() {
  sql "create role locked login password 'right-one'"
  printf 'local %s locked scram-sha-256\n' "$PGDATABASE" | cat - "$EMBARK_PGDATA/pg_hba.conf" >"$work/hba"
  cat "$work/hba" >"$EMBARK_PGDATA/pg_hba.conf"
  sql "select pg_reload_conf()" >"$work/null"
  in_time is_closed_to_locked
}
is_closed_to_locked() { ! psql -XAtqw -U locked -c "" 2>"$work/null"; }

# ended: the process that was started last has ended; sets $status, as embark does.
ended() {
  status=0
  wait "$pid" || status=$?
}

# What a person sees who gives this answer on a terminal; sets $status and fills $out.
on_a_terminal() { # ANSWER COMMAND...
  local answer=$1
  shift
  status=0
  printf '%s\n' "$answer" | NO_COLOR=1 script -qec "$*" "$work/null" >"$out" 2>"$err" || status=$?
  sed -i 's/\r//g' "$out"
}
