# shellcheck shell=bash disable=SC2154
# `embark script`: what psql makes of it is what `embark migrate` makes.

# --- helpers -------------------------------------------------------------------------------------

# Variables that psql must not put into anybody's SQL; sets $status, $said, $complained.
run_script() { # FILE [OPTION...]
  local file=$1
  shift
  status=0
  psql -X -v n=BROKEN -v x=BROKEN -v users=BROKEN "$@" -f "$file" >"$work/said" 2>"$err" || status=$?
  said=$(cat "$work/said")
  complained=$(cat "$err")
}

make_script() { # [OPTION...]: ./script.sql
  embark script "$@"
  exits 0
  cp "$out" script.sql
}

ledger_rows() { # what does not differ from run to run
  case $(sql "SELECT (to_regclass('embark.migrations') IS NOT NULL)::int
    + 2 * (to_regclass('drizzle.__drizzle_migrations') IS NOT NULL)::int") in
  0) echo none ;;
  1) sql "SELECT component, tag, position, hash, chain, outline, when_ms, state, applied_by
      FROM embark.migrations ORDER BY component, position, tag" ;;
  *) sql "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id" ;;
  esac
}

progress_rows() {
  [ "$(sql "SELECT to_regclass('embark.progress') IS NULL")" = t ] ||
    sql "SELECT ledger, component, tag, state, statement, done, index_before IS NULL, changed_by, settled
      FROM embark.progress ORDER BY tag"
}

# All of a database but the times in the ledger, and oids.
picture() { # DATABASE
  (
    export PGDATABASE=$1
    pg_dump -s | grep -Ev '^\\(un)?restrict '
    pg_dump -a --inserts -T embark.migrations -T embark.progress -T drizzle.__drizzle_migrations |
      grep -Ev '^\\(un)?restrict '
    ledger_rows
    progress_rows
  )
}

# What the script does to an empty database is what migrate does to another one; and twice is once.
is_as_migrate() { # [OPTION...] of both
  local scripted
  new_database
  scripted=$PGDATABASE
  make_script "$@"
  run_script script.sql
  is "psql's status" "0 " "$status $complained"
  picture "$scripted" >scripted
  run_script script.sql
  is "psql's status, again" "0 " "$status $complained"
  is "what the second time changes" "" "$(picture "$scripted" | diff scripted -)"
  matches "the second time says so" 'is in the ledger already' "$said"
  new_database
  embark migrate "$@"
  exits 0
  is "the same as migrate" "" "$(picture "$PGDATABASE" | diff scripted -)"
  export PGDATABASE=$scripted
  embark migrate "$@"
  exits 0
  matches "migrate has nothing to do" '^up to date' "$(cat "$out")"
  embark verify "$@"
  exits 0
}

# Statements of all kinds, and all that psql could take for its own.
all_kinds() {
  migration 0001_dollars <<'END'
create table users (id int primary key, name text);
create function f(n int) returns int language plpgsql as $f$
begin
  perform $$it's; "one" \if $$; -- don't
  return n; /* ; */
end; $f$;
do $$ begin insert into users values (1, 'a:n :x ; \q'); end $$;
END
  migration 0002_copy <<'END'
create table t (a text, b text);
copy t (a, b) from stdin;
it's	\\if "x" /* -- $$ :n
\\endif	$embark_data_1$ \N (
\.
copy t from stdin; -- nothing
\.
copy t from stdin with (format csv);
"a
;b",'c
\.
insert into t values ('after', 'it');
END
  printf 'copy t from stdin;\nlast\tline' >>migrations/0002_copy.sql
  migration 0003_bodies <<'END'
create function g(a int) returns int language sql begin atomic
  select case when a > 0 then 1 else 2 end; select a + 1;
end;
create rule r as on delete to users do also (insert into t values (':x', ';'); delete from t where a = 'x');
create function "begin"(out n int) language sql as 'select 1; select 2';
END
  migration 0004_settings <<'END'
set search_path = pg_catalog;
set datestyle = 'SQL, DMY';
select set_config('work_mem', '1MB', false);
set client_encoding = 'LATIN1';
reset client_encoding;
set standard_conforming_strings = off;
set escape_string_warning = off;
insert into public.t values ('it\'s; :x', N'\\n''');
create table public.moment as select '01.02.2003'::date as d;
END
  migration 0005_after_settings <<'END'
create table here (d text default '\\');
insert into here select current_setting('datestyle') || current_setting('work_mem') || current_setting('search_path');
insert into here values ('\n');
END
  migration 0006_role <<'END'
set role cli_script_role;
create table theirs (id int);
END
  migration 0007_colons <<'END'
create table slices (a int[], n int default 1, j jsonb);
insert into slices values ('{1,2,3}', 2, '{"a": {"x": 1}}');
update slices set a[1:n] = '{7,8}', j = j #> '{a}' where 'x' <> U&'\0441' and E'a\'
' <> E'b'
  -- it's continued
  'c\'d; :x';
create view v as select a[n:3], j->'x'::text, a[:n] as head from slices where n::int = 1 or n ::int=2;
END
  migration 0008_nothing '-- nothing: it'"'"'s a comment $$'
  migration "0009_it's \"odd\" \\\\ :n" 'select 1; create table odd ();'
  migration 0010_outside <<'END'
-- embark: no-transaction
set search_path = public;
create index concurrently users_name on users (name);
begin;
insert into users values (2, 'in a block');
savepoint s;
insert into users values (3, 'rolled back');
rollback to savepoint s;
commit;
copy t from stdin;
it's	outside
\.
set role cli_script_role;
vacuum theirs;
create table also_theirs (n int);
END
  migration 0011_deferred <<'END'
alter table users add unique (name) deferrable initially deferred;
update users set name = 'x:n' where id = 1;
END
}

# A role that may make tables in every database that is new from now on.
with_role() {
  psql -XAtq -d template1 -c "CREATE ROLE cli_script_role" \
    -c "GRANT CREATE, USAGE ON SCHEMA public TO cli_script_role"
}

# --- the same as migrate -------------------------------------------------------------------------

it_makes_what_migrate_makes() {
  three_migrations
  is_as_migrate
}

it_makes_of_all_kinds_of_statements_what_migrate_makes() {
  with_role
  all_kinds
  is_as_migrate
  psql -XAtq -d template1 -c "REVOKE ALL ON SCHEMA public FROM cli_script_role"
}

it_makes_of_the_sample_what_migrate_makes() {
  cp -R "$root/migrations" .
  is_as_migrate
}

it_makes_every_kind_of_ledger() {
  three_migrations
  is_as_migrate --ledger drizzle
  is_as_migrate --ledger drizzle-tag
  is_as_migrate --component shop
}

it_makes_a_ledger_of_another_name() {
  three_migrations
  new_database
  make_script --ledger-table 'Deep down.the ledger'
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark migrate --ledger-table 'Deep down.the ledger'
  exits 0
  matches "up to date" '^up to date' "$(cat "$out")"
}
