/**
 * Makes the Debian package as it is published, lets lintian read it, and installs, uses and removes it, as root in a mount
 * namespace of its own over the system, which it leaves as it was: `npm run package:check`. It needs lintian and unshare.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { run } from './program.ts';

/** Works on a system below `$1`, which is lost afterwards, with the package `$2`. */
const TRIAL = `set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/system"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/system"
mount -t proc proc "$1/system/proc"
mount --rbind /dev "$1/system/dev"
cp "$2" "$1/system/tmp/lockport.deb"
exec chroot "$1/system" sh -eu -c "$3"`;

const INSIDE = `cd /
dpkg -i /tmp/lockport.deb
lockport --version
systemd-analyze verify /usr/lib/systemd/system/lockport.service
# As the unit has it: a directory of its own, and ports below 1024 without root.
install -d -m 0700 -o lockport -g lockport /var/lib/lockport
as_service() {
  exec setpriv --reuid lockport --regid lockport --init-groups --inh-caps +net_bind_service --ambient-caps +net_bind_service "$@"
}
ip link set lo up
as_service /usr/bin/lockport serve --config /etc/lockport/lockport.yaml > /tmp/log 2> /tmp/first &
server=$!
for _ in $(seq 600); do grep -q first-account /tmp/first && break; sleep 0.1; done
echo "correct horse battery staple" | lockport user add partner --password-stdin
echo hello > /tmp/hello
export LOCKPORT_PASSWORD="correct horse battery staple"
lockport put --ca /var/lib/lockport/tls/certificate.pem /tmp/hello ftpes://partner@localhost/
lockport cat --ca /var/lib/lockport/tls/certificate.pem ftps://partner@localhost/hello
kill "$server"
wait "$server"
dpkg --install /tmp/lockport.deb
dpkg --purge lockport
test -f /var/lib/lockport/lockport.db
test -f /var/lib/lockport/files/partner/hello
test ! -e /usr/bin/lockport
`;

const work = await mkdtemp(path.join(tmpdir(), 'lockport-package-check-'));
try {
  await run(process.execPath, [path.join(import.meta.dirname, 'main.ts'), 'deb', '--output', work]);
  const [name = ''] = await readdir(work);
  const file = path.join(work, name);
  const { stdout } = await run('lintian', ['--fail-on', 'error', '--allow-root', file]);
  process.stdout.write(`${stdout}lintian knows no errors of ${name}\n`);
  const place = await mkdtemp(path.join(tmpdir(), 'lockport-system-'));
  const trial = await run('unshare', ['--mount', '--net', 'sh', '-c', TRIAL, 'sh', place, file, INSIDE]);
  process.stdout.write(trial.stdout);
  await rm(place, { recursive: true });
} finally {
  await rm(work, { recursive: true, force: true });
}
