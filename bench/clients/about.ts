import type { Task } from './subject.ts';

const ofOneFile = 'lftp: `get`, `put`. rclone: `copyto`. The Lockport command: `get`, `put`.';

const curlWaits = 'curl omits SIZE for downloads, because it would wait up to half a second for each reply.';

const oneAtATime = [
  'lftp: `mirror`. rclone: `copy --transfers=1`. basic-ftp: `downloadToDir`. The Lockport command: `sync`. The Lockport',
  `library: \`walk\` and \`download\`. curl: one run with all URLs; ${curlWaits}`,
].join(' ');

const severalAtATime = [
  'lftp: `mirror --parallel=4`. rclone: `copy --transfers=4`. basic-ftp: four clients share the files, because a client has one',
  'connection. The Lockport command: `sync --parallel 4`. The Lockport library: `connections: 4`. curl: one run with all URLs',
  `and \`--parallel-max 4\`; ${curlWaits}`,
].join(' ');

/** What the clients do; docs/performance.md says how all of it is measured. */
export function aboutTask({ direction, what, amount, rivalAmount, connections }: Task): string {
  const servers = direction === 'down' ? 'from vsftpd and from Lockport' : 'to vsftpd and to Lockport';
  if (what === 'file') return `One file of 1 GiB ${servers}. ${ofOneFile}`;
  const [count, commands] = connections === 1 ? ['one', oneAtATime] : [`up to ${connections}`, severalAtATime];
  const fewer =
    rivalAmount === undefined ? '' : ` Clients of others move ${rivalAmount} of them, as they pay for each by itself.`;
  return `A tree of ${amount} files of 4 KiB ${servers}, ${count} at a time.${fewer} ${commands}`;
}
