import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FtpClient, Job } from './client.ts';
import { versionOf } from './version.ts';

/** `get`, `put` and `mirror`, with lftp's own settings but for those of trust and TLS. */
export const lftp: FtpClient = {
  name: 'lftp',
  isOurs: false,
  version: () => versionOf('lftp', ['--version']),
  async command(job, account, scratch) {
    const script = join(scratch, 'lftp.script');
    const lines = [
      'set cmd:fail-exit true',
      'set ftp:ssl-force true',
      'set ftp:ssl-protect-data true',
      'set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS1.3',
      `set ssl:ca-file ${account.certificateFile}`,
      `open -u "${account.user},${account.password}" ftp://${account.host}:${account.port}`,
      transfer(job),
    ];
    await writeFile(script, `${lines.join('\n')}\n`);
    return { words: ['lftp', '--norc', '-f', script] };
  },
};

function transfer({ direction, what, local, remote, connections }: Job): string {
  const isDown = direction === 'down';
  if (what === 'file') return isDown ? `get ${remote} -o ${local}` : `put ${local} -o ${remote}`;
  const parallel = `--parallel=${connections}`;
  return isDown ? `mirror ${parallel} ${remote} ${local}` : `mirror -R ${parallel} ${local} ${remote}`;
}
