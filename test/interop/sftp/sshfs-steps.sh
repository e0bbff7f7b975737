# What shells and editors do with files, in a directory of a mount: in the way of each that saves files. Prints what it sees.
set -eu
cd "$1"

echo one > file
echo two >> file
sed -i s/one/ONE/ file
echo "sed: $(tr '\n' ' ' < file)"
printf x | dd of=file bs=1 seek=1 conv=notrunc status=none
echo "in the middle: $(tr '\n' ' ' < file)"
truncate -s 3 file
echo "shorter: $(cat file)"
truncate -s 10 file
echo "longer: $(stat -c %s file)"

echo new > new
mv -f new file
echo "moved over: $(cat file)"

for copy in auto yes no; do
  vim -u NONE -es -c "set directory=. writebackup backupcopy=$copy" -c '%s/.*/saved with backupcopy '"$copy"'/' -c wq file
  echo "vim: $(cat file)"
done

(set -C; echo mine > .~lock.file#)
if (set -C; echo yours > .~lock.file#) 2>/dev/null; then echo "locked twice"; fi
echo "lock: $(cat .~lock.file#)"
rm .~lock.file#
flock locked true

exec 3>>log
echo first >&3
echo "while it is appended to: $(stat -c %s log)"
exec 3>&-
echo "log: $(cat log)"

mkdir -p tree/a/b
for number in 1 2 3 4 5 6 7 8 9 10; do echo "$number" > "tree/a/b/$number"; done
cp -r tree copy
mv copy moved
rm -r tree
echo "tree: $(cat moved/a/b/* | sort -n | tr '\n' ' ')"

touch -d 2001-02-03T04:05:06Z file
chmod 600 file
echo "attributes: $(TZ=UTC stat -c '%a %y' file)"
ln -s file link
echo "link: $(readlink link), $(cat link)"
echo "room: $(df --output=avail . | tail -1 | grep -c '[1-9]')"

# These two are what a file does not do that appears as a whole when it is closed.
exec 4>open
echo content >&4
cat open 2>/dev/null || echo "not read while it is written"
exec 4>&-
echo "closed: $(cat open)"
