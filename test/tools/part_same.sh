# The same folder gives the same bytes.
fresh
printf -- '-- embark: no-transaction\ncreate index concurrently i on a (id);\n' > m/0011_d.sql
"$BUNDLE" m -o out/m.c
sum=$(cat out/m.c out/m.h | cksum)
mkdir -p "$work/t/else where/deep"
for f in 0011_d 0010_c 0001_a 0002_b; do cp m/$f.sql "else where/deep/"; done # made in another order
touch -t 200001010000 "else where/deep/0001_a.sql"
(cd "else where" && "$BUNDLE" "$PWD/deep/" -o "$work/t/out/m.c")
is "same bytes: from another place" "$sum" "$(cat out/m.c out/m.h | cksum)"
for locale in C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8; do
  LC_ALL=$locale TZ=Pacific/Kiritimati "$BUNDLE" m -o out/m.c
  is "same bytes: locale $locale" "$sum" "$(cat out/m.c out/m.h | cksum)"
done

# The order is that of the numbers.
fresh
rm m/*
for f in 10_x 9_y 0011_Z 02_b 1_a 20240131235959_t 00100_h; do echo "select '$f';" > m/$f.sql; done
is "order of numbers" "1_a 02_b 9_y 10_x 0011_Z 00100_h 20240131235959_t" \
  "$("$BUNDLE" m --list | sed 1d | awk '{print $2}' | xargs)"

# Line endings and a byte order mark change no hash of a native ledger.
fresh
before=$("$BUNDLE" m --list=json | grep '"hash"')
printf '\357\273\277create table a (id int);\r\n' > m/0001_a.sql
is "same hash: CRLF and BOM" "$before" "$("$BUNDLE" m --list=json | grep '"hash"')"

# golang-migrate's names.
fresh
rm m/*; echo 'select 1;' > m/1_a.up.sql; echo 'select 2;' > m/1_a.down.sql
is "up and down files" "1_a reversible" "$("$BUNDLE" m --list | sed 1d | awk '{print $2, $NF}' | xargs)"

# What reverts a migration changes the bundle, and nothing that a ledger records.
fresh
of() { "$BUNDLE" m --list=json | sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" | xargs; }
hashes=$(of hash); digest=$(of digest)
echo 'drop table a;' > m/0001_a.down.sql
is "a way back: same hashes" "$hashes" "$(of hash)"
with=$(of digest)
is "a way back: another digest" no "$([ "$with" = "$digest" ] || echo no)"
echo 'drop table if exists a;' > m/0001_a.down.sql
is "another way back: another digest" no "$([ "$with" = "$(of digest)" ] || echo no)"

# Ten thousand files: that it is done at all.
fresh
(cd m && awk 'BEGIN { for (i = 100; i < 10100; i++) { f = i "_m.sql"; print "select " i ";" > f; close(f) } }')
"$BUNDLE" m -o out/m.c
is "ten thousand files: exit status" 0 $?
is "ten thousand files: all there" 10003 "$("$BUNDLE" m --list | sed 1d | wc -l)"
