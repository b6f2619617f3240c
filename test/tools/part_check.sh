# --check, --list and --depfile.
fresh
for f in 0004_n 0005_o; do printf -- '-- embark: no-transaction\nvacuum;\n' > m/$f.sql; done
"$BUNDLE" m -o out/m.c --component shop
"$BUNDLE" m --check out/m.c --component shop > stdout 2> stderr
is "check: fresh" 0 $?
is "check: fresh says nothing" "" "$(cat stdout stderr)"
{
  echo "--- other options"; "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- something is forbidden"; "$BUNDLE" m --check out/m.c --component shop --forbid destructive; echo "= $?"
  echo "--- another function"; "$BUNDLE" m --check out/m.c --component shop --function f; echo "= $?"
  echo "--- new, changed, removed"
  echo 'select 1;' > m/0003_new.sql; echo 'select 2;' >> m/0001_a.sql; rm m/0010_c.sql
  echo 'analyze;' >> m/0004_n.sql
  "$BUNDLE" m --check out/m.c --component shop; echo "= $?"
  echo "--- what reverts: new"; "$BUNDLE" m -o out/m.c; echo 'drop table a;' > m/0001_a.down.sql
  "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- what reverts: changed"; "$BUNDLE" m -o out/m.c; echo 'drop table a, b;' > m/0001_a.down.sql
  "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- what reverts: removed"; "$BUNDLE" m -o out/m.c; rm m/0001_a.down.sql
  "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- the header alone"; "$BUNDLE" m -o out/m.c; echo x >> out/m.h
  "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- edited by hand"; "$BUNDLE" m -o out/m.c; sed -i.bak 's/0x63/0x64/' out/m.c; rm out/m.c.bak
  "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- a file of somebody else"; echo 'int main;' > out/m.c; "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- no file"; rm out/m.c out/m.h; "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- a folder in its place"; mkdir out/m.c; "$BUNDLE" m --check out/m.c; echo "= $?"
  echo "--- a bad folder"; echo "'" > m/0001_a.sql; "$BUNDLE" m --check out/m.c; echo "= $?"
} > "$work/check" 2>&1
same "check: what is stale" "$golden/check.out" "$work/check"

fresh
printf 'set search_path = a;\nselect 1;\n' > m/20240131235959_d.sql
printf -- '-- embark: lock-timeout 5s\n-- embark: statement-timeout none\n' > m/1700000000_e.sql
printf -- '-- embark: no-transaction\nvacuum;\n' > m/0011_f.sql
echo 'vacuum_is_no_command;' > m/0011_f.down.sql; echo '-- nothing' > m/0001_a.down.sql
{
  "$BUNDLE" m --list; "$BUNDLE" m --list=json | without_hazards
} > "$work/list" 2>&1
is "list: both ways to say JSON" "$("$BUNDLE" m --list=json)" "$("$BUNDLE" m --list --json)"
same "list: plain folder" "$golden/list.out" "$work/list"
is "list: what is forbidden" "$(printf '"destructive",\n"blocks-reads"\n],')" \
  "$("$BUNDLE" m --list=json --forbid blocks-reads,destructive | sed -n '/"forbid"/,/]/{ /forbid/d; s/^ *//p; }')"
"$BUNDLE" "$root/migrations" --list=json --ledger drizzle-tag --ledger-table public.done --adopt assume |
  head -n 8 > "$work/list"
is "list: options" "drizzle drizzle-tag public done assume" \
  "$(sed -n 's/^  "\(layout\|ledger\|ledger_schema\|ledger_table\|adopt\)": "\(.*\)",/\2/p' "$work/list" | xargs)"

fresh; echo 'drop table a;' > m/0001_a.down.sql
mv m 'm #$x'
"$BUNDLE" 'm #$x' -o out/m.c --depfile out/m.d
same "depfile" "$golden/depfile.out" out/m.d
mkdir -p 'm #$x/meta'; printf '{"entries":[{"tag":"0001_a","when":1}]}' > 'm #$x/meta/_journal.json'
"$BUNDLE" 'm #$x' -o out/m.c --depfile out/m.d 2> /dev/null
same "depfile: Drizzle" "$golden/depfile_drizzle.out" out/m.d

rm -r 'm #$x'; mkdir -p m/20240101000000_a m/20240202000000_b
for f in 20240101000000_a/migration 20240101000000_a/down 20240202000000_b/migration; do echo 'select 1;' > m/$f.sql; done
"$BUNDLE" m -o out/m.c --depfile out/m.d
same "depfile: folders" "$golden/depfile_folders.out" out/m.d
is "list: folders" folders "$("$BUNDLE" m --list=json | sed -n 's/^  "layout": "\(.*\)",/\1/p')"

# make understands it: nothing to do, then a changed, a new and a removed file.
if command -v make > /dev/null; then
  fresh
  printf 'all: out/m.c\nout/m.c:\n\t@"%s" m -o $@ --depfile out/m.d && echo made\n-include out/m.d\n' "$BUNDLE" > Makefile
  # All times lie in the past, or make would warn about them.
  is "make: first" made "$(make -s)"
  touch -t 200001010000 m/*.sql m; touch -t 200101010000 out/m.c
  is "make: nothing to do" "" "$(make -s)"
  touch -t 200201010000 m/0002_b.sql
  is "make: changed file" made "$(make -s)"
  echo 'select 1;' > m/0011_d.sql; touch -t 200001010000 m/*.sql; touch -t 200101010000 out/m.c
  is "make: new file" made "$(make -s)"
  rm m/0010_c.sql; touch -t 200101010000 out/m.c
  is "make: removed file" made "$(make -s)"
fi
