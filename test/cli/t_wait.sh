# shellcheck shell=bash disable=SC2154
# `embark wait`: what goes away by waiting, and what does not.

# A folder with a socket that is the server's once it is linked there.
server_to_come() { mkdir -p "$work/t/socket"; }
server_comes() { ln -s "$PGHOST/.s.PGSQL.$PGPORT" "$work/t/socket/.s.PGSQL.$PGPORT"; }

it_finds_a_database_that_is_there() {
  embark wait
  exits 0
  is "what is said" "the database accepts connections" "$(cat "$out")"
  is "nothing else" "" "$(cat "$err")"
  embark wait --quiet
  is "nothing with --quiet" "" "$(cat "$out" "$err")"
}

it_says_in_json_that_the_database_is_there() {
  embark wait --json
  exits 0
  json "attempts" '[1,"wait",0,true]' '[.attempts, .command, .exit, .server_version > 130000]'
  golden wait.json <(jq '.server_version = 150000' "$out")
}

it_waits_for_a_server_that_comes_later() {
  server_to_come
  start embark_at_work wait -d "host=$work/t/socket" --timeout none
  in_time grep -q "waiting: connection to server .* failed: No such file" "$err"
  server_comes
  ended
  exits 0
  matches "what is said" '^the database accepts connections, after [0-9]+ attempts$' "$(cat "$out")"
}

# Its own exit status is the command's.
embark_at_work() {
  exec "$build/embark" "$@" </dev/null >"$out" 2>"$err"
}

it_waits_while_there_are_too_many_clients() {
  new_database
  sql "create role crowd login connection limit 0"
  start embark_at_work wait -d "user=crowd" --timeout none
  in_time grep -q "waiting: .*too many connections for role" "$err"
  sql "alter role crowd connection limit 5"
  ended
  exits 0
  lacks "no codes or places of the server's source" '53300|LOCATION' "$(cat "$err")"
  sql "drop role crowd"
}

it_gives_up_in_the_end_and_says_why() {
  embark wait -d "host=$work/t/nowhere" --timeout 300ms
  exits 6
  matches "message" 'error: the database did not accept a connection in time' "$(cat "$err")"
  matches "detail" '^DETAIL:  connection to server .* failed: No such file or directory$' "$(cat "$err")"
  matches "hint" 'Wait longer with --timeout' "$(cat "$err")"
}

it_tries_once_with_a_timeout_of_0() {
  embark wait -d "host=$work/t/nowhere" --timeout 0 --json
  exits 6
  json "one attempt" '[1,"EMBARK_E_CONNECTION",6]' '[.attempts, .error.code, .exit]'
  embark wait --timeout 0
  exits 0
}

# Looking it up may take longer than any timeout of ours.
it_waits_for_a_name_that_is_not_known_yet() {
  start env --default-signal=INT "$build/embark" wait -d "host=nosuch.invalid" --timeout none \
    </dev/null >"$out" 2>"$err"
  in_time grep -q 'waiting: could not translate host name' "$err"
  kill -INT "$pid"
  ended
  exits 130
}

it_tells_a_missing_database_at_once() {
  embark wait -d "dbname=nosuch" --timeout none
  exits 6
  matches "message" 'error: the database does not let us in' "$(cat "$err")"
  matches "detail" '^DETAIL: .*database "nosuch" does not exist$' "$(cat "$err")"
  matches "hint" 'Waiting does not change that. The connection was made as --database says' "$(cat "$err")"
}

it_tells_a_missing_role_at_once() {
  embark wait -d "user=nosuch" --timeout none
  exits 6
  matches "detail" 'role "nosuch" does not exist' "$(cat "$err")"
  embark wait --role nosuch --timeout none
  exits 6
  matches "detail" 'role "nosuch" does not exist' "$(cat "$err")"
}

it_tells_a_wrong_and_a_missing_password_at_once() {
  new_database
  wants_passwords
  embark wait -d "user=locked password=wr0ng-one" --timeout none
  exits 6
  matches "detail" 'password authentication failed for user "locked"' "$(cat "$err")"
  lacks "the password" 'wr0ng' "$(cat "$out" "$err")"
  embark wait -d "user=locked" --timeout none
  exits 6
  matches "detail" 'no password supplied' "$(cat "$err")"
  matches "hint" 'HINT: .*as --database says. The password can be in PGPASSWORD' "$(cat "$err")"
  embark wait -d "user=locked password=right-one" --timeout none
  exits 0
  sql "drop role locked"
}

it_goes_on_to_the_next_host_when_one_is_silent() {
  start deaf_server >"$work/t/port"
  in_time test -s "$work/t/port"
  embark wait -d "host=127.0.0.1,$PGHOST port=$(cat "$work/t/port"),$PGPORT connect_timeout=1" --timeout none
  exits 0
  is "at the first attempt" "the database accepts connections" "$(cat "$out")"
}

# Its queue is full, so that it does not answer the first packet. Prints its port.
deaf_server() {
  exec perl -MIO::Socket::INET -e '$| = 1;
    $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die;
    push @c, IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport, Blocking => 0) for 1 .. 8;
    print $s->sockport, "\n"; sleep 600'
}

# Takes connections, and says nothing to them. Says on standard output when it takes them: its socket is there
# a moment earlier.
silent_server() {
  exec perl -MIO::Socket::UNIX -e '$| = 1;
    $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die; print "there\n"; sleep 600' "$1"
}

it_gives_a_silent_server_up() {
  start silent_server "$work/t/.s.PGSQL.$PGPORT" >"$work/t/said"
  in_time test -s "$work/t/said"
  embark wait -d "host=$work/t" --timeout 200ms
  exits 6
  matches "detail" '^DETAIL:  the server does not answer$' "$(cat "$err")"
}

it_stops_at_a_signal() {
  start silent_server "$work/t/.s.PGSQL.$PGPORT" >"$work/t/said"
  in_time test -s "$work/t/said"
  # A shell's background jobs have SIGINT ignored.
  start env --default-signal=INT "$build/embark" wait -d "host=$work/nowhere,$work/t" --timeout none \
    --json >"$out" 2>"$err"
  in_time catches_signals "$pid"
  kill -INT "$pid"
  ended
  exits 130
  json "document" '["EMBARK_E_CANCELLED",130]' '[.error.code, .exit]'
}

# Whether a process has a handler for SIGINT.
catches_signals() {
  local caught
  caught=$(sed -n 's/^SigCgt:\t*//p' "/proc/$1/status")
  [ $((0x$caught & 2)) -ne 0 ]
}

it_refuses_a_duration_that_is_none() {
  embark wait --timeout soon
  exits 2
  matches "message" '"soon" is no duration' "$(cat "$err")"
}
