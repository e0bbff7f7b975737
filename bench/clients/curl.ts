import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FtpClient, Job, ServerAccount } from './client.ts';
import { versionOf } from './version.ts';

/**
 * All files of a tree in one run, from a file of URLs; without SIZE before each download, for whose reply it waits up to
 * half a second: it then looks at nothing but the data connection.
 */
export const curl: FtpClient = {
  name: 'curl',
  isOurs: false,
  version: () => versionOf('curl', ['--version']),
  async command(job, account, scratch) {
    const config = join(scratch, 'curl.config');
    await writeFile(config, `${[...settings(job, account), ...transfers(job, account)].join('\n')}\n`);
    return { words: ['curl', '--disable', '--config', config] };
  },
};

function settings(job: Job, account: ServerAccount): readonly string[] {
  const together = ['parallel', `parallel-max = ${job.connections}`];
  return [
    'silent',
    'show-error',
    'ssl-reqd',
    'tlsv1.3',
    `cacert = "${account.certificateFile}"`,
    `user = "${account.user}:${account.password}"`,
    job.direction === 'down' ? 'create-dirs' : 'ftp-create-dirs',
    ...(job.what === 'tree' && job.direction === 'down' ? ['ignore-content-length'] : []),
    ...(job.connections > 1 ? together : []),
  ];
}

function transfers(job: Job, account: ServerAccount): readonly string[] {
  const root = `ftp://${account.host}:${account.port}/${job.remote}`;
  const pairs =
    job.what === 'file'
      ? [{ url: root, local: job.local }]
      : job.files.map((path) => ({ url: `${root}/${path}`, local: join(job.local, path) }));
  const option = job.direction === 'down' ? 'output' : 'upload-file';
  return pairs.flatMap(({ url, local }) => [`${option} = "${local}"`, `url = "${url}"`]);
}
