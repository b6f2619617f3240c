# --lint, and what a build without a parser makes of it.
has_parser() { ! "$BUNDLE" "$root/migrations" --lint 2>&1 | grep -q 'no SQL parser'; }

# dangerous: a folder in which something is dropped.
dangerous() {
  fresh; rm m/*
  echo 'create table a (id int, b int);' > m/0001_a.sql
  printf 'select 1;\nalter table a drop column b;\n' > m/0002_b.sql
  echo 'insert into a values (1);' > m/0003_c.sql
}

hazards() { "$@" --list=json | tr -d ' \n' | grep -o '"hazards":\[[^]]*\]' | tr -d '\n'; }

if has_parser; then
  dangerous; old_output
  "$BUNDLE" m --lint -o out/m.c > stdout 2> "$work/lint"
  is "lint: an error: exit status" 2 $?
  is "lint: an error: standard output" "" "$(cat stdout)"
  same "lint: an error" "$golden/lint.out" "$work/lint"
  untouched "lint: an error"
  "$BUNDLE" m --lint --since 0001_a --check out/m.c 2> stderr
  is "lint: before a check: exit status" 2 $?
  "$BUNDLE" m --lint --since 0002_b -o out/m.c 2> stderr
  is "lint: nothing behind the tag: exit status" "0 " "$? $(cat stderr)"
  "$BUNDLE" m --check out/m.c
  is "lint: the bundle is the one without it" 0 $?
  "$BUNDLE" m --lint --since 0004 2> stderr
  is "lint: no such tag" 'embark-bundle: --since: the folder has no migration "0004"' "$(head -n 1 stderr)"
  sed -i '2i-- embark: allow drop-column: nothing reads it' m/0002_b.sql
  "$BUNDLE" m --lint 2> stderr
  is "lint: allowed" 0 $?
  sed -i 's/drop-column/drop-table/' m/0002_b.sql
  "$BUNDLE" m --lint --list 2> stderr > stdout
  is "lint: another rule allowed" 2 $?
  dangerous
  is "lint: hazards of each migration" '"hazards":[]"hazards":["destructive"]"hazards":["data-change"]' \
    "$(hazards "$BUNDLE" m)"
else
  skip "lint: this build has no parser"
fi

# Built as where libpg_query is not: of the objects only the linter's are others.
without=$work/without
built=$(dirname "$BUNDLE")
mkdir -p "$without"
cp -a "$built/obj" "$without/"
rm -rf "$without/obj/lint"
if make -C "$root" -s PG_QUERY= B="$without" "$without/embark-bundle" "$without/embark" > "$work/make" 2>&1; then
  BUNDLE_BEFORE=$BUNDLE
  BUNDLE=$without/embark-bundle
  is "no parser: it is not linked" "" "$(nm -u "$BUNDLE" "$without/embark" | grep pg_query)"
  dangerous; old_output
  "$BUNDLE" m --lint -o out/m.c 2> stderr
  is "no parser: --lint" "2 embark-bundle: this build has no SQL parser (libpg_query)" "$? $(head -n 1 stderr)"
  is "no parser: --lint: hint" "HINT:  Build it where libpg_query is: Debian's libpg-query-dev." "$(tail -n 1 stderr)"
  untouched "no parser: --lint"
  "$without/embark" lint m 2> stderr
  is "no parser: embark lint" "2 embark: error: this build has no SQL parser (libpg_query)" "$? $(head -n 1 stderr)"
  "$without/embark" lint --explain drop-table > stdout 2> stderr
  is "no parser: --explain" "0 " "$? $(cat stderr)"
  "$BUNDLE" m -o out/m.c 2> stderr
  is "no parser: it bundles" "0 " "$? $(cat stderr)"
  is "no parser: nothing is classified" \
    '"hazards":["unclassified"]"hazards":["unclassified"]"hazards":["unclassified"]' "$(hazards "$BUNDLE" m)"
  "$BUNDLE" m --check out/m.c
  is "no parser: it checks" 0 $?
  sed -i '2i-- embark: allow drop-column: nothing reads it' m/0002_b.sql
  "$BUNDLE" m --list > stdout 2> stderr
  is "no parser: it allows" "0 " "$? $(cat stderr)"
  BUNDLE=$BUNDLE_BEFORE
else
  fail "no parser: it builds" "$(cat "$work/make")"
fi
