# Files are written whole or not at all.
header() { grep -c 'int run_migrations(PGconn \*conn);' "$1"; }

fresh
"$BUNDLE" m -o out/m.c --depfile out/m.d > stdout 2> stderr
is "writes: exit status" 0 $?
is "writes: says nothing" "" "$(cat stdout stderr)"
is "writes: three files and no more" "m.c m.d m.h" "$(ls out | xargs)"
is "writes: the header declares the function" 1 "$(header out/m.h)"
is "writes: files are readable by all" "-rw-r--r--" "$(umask 022; "$BUNDLE" m -o out/u.c; ls -l out/u.c | cut -c1-10)"
is "writes: no path of this machine" 0 "$(cat out/m.c out/m.h | grep -c "$work")"

fresh; old_output
rm m/0002_b.sql; ln -s "$work/t/b" m/0002_b.sql
"$BUNDLE" m -o out/m.c --depfile out/m.d 2> stderr
is "dangling link: exit status" 2 $?
untouched "dangling link"
echo 'select 1;' > b
"$BUNDLE" m -o out/m.c --depfile out/m.d
is "link to a file: exit status" 0 $?

fresh; old_output
mkdir bin
for tool in ls cat; do ln -s "$(command -v $tool)" bin/; done
PATH=$work/t/bin "$BUNDLE" m -o out/m.c --depfile out/m.d 2> stderr
is "no xxd: exit status" 2 $?
is "no xxd: way out" "HINT:  Install the package xxd (on some systems it is part of vim)." "$(tail -n 1 stderr)"
untouched "no xxd"

for way in 'exit 3' 'echo 0x00' 'kill -9 $$' 'cat > /dev/null' 'exec xxd.real -i | tr 1 2'; do
  fresh; old_output; mkdir bin
  ln -s "$(command -v xxd)" bin/xxd.real
  printf '#!/bin/sh\n%s\n' "$way" > bin/xxd; chmod +x bin/xxd
  PATH=$work/t/bin:$PATH "$BUNDLE" m -o out/m.c --depfile out/m.d 2> stderr
  is "broken xxd ($way): exit status" 2 $?
  untouched "broken xxd ($way)"
done

fresh; old_output
i=0; while [ $i -lt 400 ]; do echo "select $i, 'some text to make the file larger';"; i=$((i + 1)); done > m/0011_d.sql
(ulimit -f 16; "$BUNDLE" m -o out/m.c --depfile out/m.d 2> /dev/null)
is "file size limit: exit status" 2 $?
untouched "file size limit"

if [ "$(id -u)" = 0 ] && mkdir "$work/full" && mount -t tmpfs -o size=64k tmpfs "$work/full" 2>/dev/null; then
  cp out/m.? "$work/full"
  "$BUNDLE" m -o "$work/full/m.c" 2> stderr
  is "full disk: exit status" 2 $?
  is "full disk: outputs untouched" "m.c m.d m.h old-c" "$(ls -A "$work/full" | xargs) $(cat "$work/full/m.c")"
  umount "$work/full"
else
  skip "full disk (needs root and a tmpfs)"
fi

fresh; old_output
rm out/m.h; mkdir out/m.h
"$BUNDLE" m -o out/m.c 2> stderr
is "a folder called as the header: exit status" 2 $?
is "a folder called as the header: message" "embark-bundle: cannot write out/m.h: there is a folder of that name" "$(head -n 1 stderr)"
is "a folder called as the header: m.c untouched" "old-c" "$(cat out/m.c)"

fresh
"$BUNDLE" m -o nowhere/m.c 2> stderr
is "no output folder: exit status" 2 $?
is "no output folder: message" "embark-bundle: cannot write nowhere/m.h: No such file or directory" "$(head -n 1 stderr)"

if [ "$(id -u)" != 0 ]; then
  fresh; old_output; chmod a-w out
  "$BUNDLE" m -o out/m.c 2> stderr
  is "read-only output folder: exit status" 2 $?
  chmod u+w out
  untouched "read-only output folder"
  chmod a-r m/0001_a.sql
  "$BUNDLE" m -o out/m.c 2> stderr
  is "unreadable file: exit status" 2 $?
elif command -v runuser > /dev/null && id nobody > /dev/null 2>&1; then
  fresh; old_output; chmod 755 "$work" "$work/t" "$work/t/out"; cp "$BUNDLE" "$work/t/embark-bundle"
  runuser -u nobody -- "$work/t/embark-bundle" m -o out/m.c 2> stderr
  is "read-only output folder: exit status" 2 $?
  untouched "read-only output folder"
  chmod 600 m/0001_a.sql; chmod 777 out
  runuser -u nobody -- "$work/t/embark-bundle" m -o out/m.c 2> stderr
  is "unreadable file: message" "embark-bundle: cannot read m/0001_a.sql: Permission denied" "$(head -n 1 stderr)"
  untouched "unreadable file"
else
  skip "read-only output folder (needs an ordinary user)"
fi

fresh
if [ -w /dev/full ]; then
  "$BUNDLE" m --list > /dev/full 2> stderr
  is "list to a full device: exit status" 2 $?
fi
