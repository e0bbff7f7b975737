import type { FtpClient, Job, ServerAccount } from './client.ts';
import type { InstalledLockport } from './installed-lockport.ts';

/** `get`, `put` and `sync`. */
export function lockportCommand({ program, version }: InstalledLockport): FtpClient {
  return {
    name: 'Lockport command',
    isOurs: true,
    version: async () => version,
    async command(job, account) {
      const words = [
        ...verb(job, account),
        '--quiet',
        '--ca',
        account.certificateFile,
        '--parallel',
        String(job.connections),
      ];
      return { words: [process.execPath, program, ...words], environment: { LOCKPORT_PASSWORD: account.password } };
    },
  };
}

function verb(job: Job, { host, port, user }: ServerAccount): readonly string[] {
  const url = `ftpes://${user}@${host}:${port}/${job.remote}`;
  const [from, to] = job.direction === 'down' ? [url, job.local] : [job.local, url];
  if (job.what === 'tree') return ['sync', from, to];
  return [job.direction === 'down' ? 'get' : 'put', from, to];
}
