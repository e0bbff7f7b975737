import type { Task } from './subject.ts';

const ofOneFile = 'lftp: `get`, `put`; rclone: `copyto`; the Lockport command: `get`, `put`.';

const withoutSize =
  'curl: one run with all URLs, on the way down without SIZE, for whose answer it would wait up to half a second each time.';

const oneAtATime = [
  'lftp: `mirror`; rclone: `copy --transfers=1`; basic-ftp: `downloadToDir`; the Lockport command: `sync`; the Lockport',
  `library: \`walk\` and \`download\`; ${withoutSize}`,
].join(' ');

const severalAtATime = [
  'lftp: `mirror --parallel=4`; rclone: `copy --transfers=4`; basic-ftp has one connection a client: four clients share the',
  'files; the Lockport command: `sync --parallel 4`; the Lockport library: `connections: 4`; with `--parallel-max 4`',
  withoutSize,
].join(' ');

/** What the clients do; how all of it is measured stands in docs/performance.md. */
export function aboutTask({ direction, what, amount, connections }: Task): string {
  const servers = direction === 'down' ? 'from vsftpd and from Lockport' : 'to vsftpd and to Lockport';
  if (what === 'file') return `One file of 1 GiB ${servers}. ${ofOneFile}`;
  const [count, commands] = connections === 1 ? ['one', oneAtATime] : [`up to ${connections}`, severalAtATime];
  return `A tree of ${amount} files of 4 KiB ${servers}, ${count} at a time. ${commands}`;
}
