// Lists a tree with basic-ftp: one directory after the other, as one client has one connection.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as basicFtp from 'basic-ftp';
import type { ProgramInput } from '../../clients/node-program.ts';

const { library, job, account }: ProgramInput = JSON.parse(process.argv[2] ?? '');
const { Client: BasicFtpClient }: typeof basicFtp = await import(library);
const ca = await readFile(account.certificateFile, 'utf8');
const client = new BasicFtpClient();
const { host, port, user, password } = account;
await client.access({ host, port, user, password, secure: true, secureOptions: { ca } });
await list(job.remote);
client.close();

async function list(directory: string): Promise<void> {
  for (const entry of await client.list(directory)) {
    const path = join(directory, entry.name);
    process.stdout.write(`${path}\n`);
    if (entry.isDirectory) await list(path);
  }
}
