import type { Task } from './subject.ts';

const howMeasured = [
  'Time is that of the whole process, with its start, the login and the end; CPU time is that of the client and all that',
  'it started, in user and system mode. TLS 1.3, but for rclone: its uploads to vsftpd fail with it, so it has TLS 1.2. No',
  'client is told which cipher to take. Data connections may resume a TLS session and need not, since rclone shares its',
  'sessions among its connections. The server leaves it to the system when an upload reaches the disk; what the clients',
  'do about their own disk is theirs: Lockport waits until a fetched file is on it. The sizes of what arrived are compared',
  'after each round, and all of its bytes after the first, outside of the measured time.',
].join(' ');

const ofOneFile = 'lftp: `get`, `put`; rclone: `copyto`; the Lockport command: `get`, `put`.';

const oneAtATime = [
  'lftp: `mirror`; curl: one run with all URLs, without SIZE, for whose answer it would wait up to half a second each time;',
  'rclone: `copy --transfers=1`; basic-ftp: `downloadToDir`; the Lockport command: `sync`; the Lockport library: `walk` and',
  '`download`.',
].join(' ');

const severalAtATime = [
  'lftp: `mirror --parallel=4`; curl: one run with all URLs and `--parallel-max 4`, on the way down without SIZE, for whose',
  'answer it would wait up to half a second each time; rclone: `copy --transfers=4`; basic-ftp, which has one connection a',
  'client: four clients that share the files; the Lockport command: `sync --parallel 4`; the Lockport library:',
  '`connections: 4`.',
].join(' ');

/** What the clients do, and how it is measured. */
export function aboutTask({ direction, what, amount, connections }: Task): string {
  const servers = direction === 'down' ? 'from vsftpd and from Lockport' : 'to vsftpd and to Lockport';
  if (what === 'file') return `One file of 1 GiB ${servers}. ${ofOneFile} ${howMeasured}`;
  const [count, commands] = connections === 1 ? ['one', oneAtATime] : [`up to ${connections}`, severalAtATime];
  return `A tree of ${amount} files of 4 KiB ${servers}, ${count} at a time. ${commands} ${howMeasured}`;
}
