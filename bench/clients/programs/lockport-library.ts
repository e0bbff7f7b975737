// Moves a file or a tree with lockport/client.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as lockport from '../../../src/client/index.ts';
import type { ProgramInput } from '../node-program.ts';

const { library, job, account }: ProgramInput = JSON.parse(process.argv[2] ?? '');
const { connect }: typeof lockport = await import(library);

const { host, port, user, password } = account;
const tls = { ca: await readFile(account.certificateFile, 'utf8') };
/** Several at a time go together where the server takes bundles. */
const bundled = job.connections > 1;
const client = await connect({ host, port, user, password, tls, connections: job.connections });
if (job.what === 'file') {
  if (job.direction === 'down') await client.download(job.remote, job.local);
  else await client.upload(job.local, job.remote);
} else if (job.direction === 'down') await downloadTree();
else await uploadTree();
await client.close();

async function downloadTree(): Promise<void> {
  const downloads: Promise<unknown>[] = [];
  for await (const { path, kind } of client.walk(job.remote)) {
    const local = join(job.local, path.slice(path.lastIndexOf(`/${job.remote}/`) + job.remote.length + 1));
    if (kind === 'directory') await mkdir(local, { recursive: true });
    else downloads.push(client.download(path, local, { bundled }));
  }
  await Promise.all(downloads);
}

/** Calls queue: as many run at once as there are connections. */
async function uploadTree(): Promise<void> {
  const directories = new Set(job.files.map((path) => dirname(join(job.remote, path))));
  for (const directory of directories) await client.makeDirectory(directory, { recursive: true });
  await Promise.all(job.files.map((path) => client.upload(join(job.local, path), join(job.remote, path), { bundled })));
}
