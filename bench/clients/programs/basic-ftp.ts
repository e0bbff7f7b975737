// Moves a file or a tree with basic-ftp.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as basicFtp from 'basic-ftp';
import type { ProgramInput } from '../node-program.ts';

const { library, job, account }: ProgramInput = JSON.parse(process.argv[2] ?? '');
const { Client: BasicFtpClient }: typeof basicFtp = await import(library);
const ca = await readFile(account.certificateFile, 'utf8');

if (job.what === 'file') {
  await withClient((client) =>
    job.direction === 'down' ? client.downloadTo(job.local, job.remote) : client.uploadFrom(job.local, job.remote),
  );
} else if (job.connections === 1) {
  await withClient((client) =>
    job.direction === 'down'
      ? client.downloadToDir(job.local, job.remote)
      : client.uploadFromDir(job.local, job.remote),
  );
} else await treeSideBySide();

async function withClient(work: (client: basicFtp.Client) => Promise<unknown>): Promise<void> {
  const client = new BasicFtpClient();
  const { host, port, user, password } = account;
  await client.access({ host, port, user, password, secure: true, secureOptions: { ca } });
  await work(client);
  client.close();
}

/** Each client takes the next file that none has taken. */
async function treeSideBySide(): Promise<void> {
  const files = job.direction === 'down' ? await remoteFiles() : [...job.files];
  const directories = new Set(files.map((path) => dirname(path)));
  if (job.direction === 'down') {
    for (const directory of directories) await mkdir(join(job.local, directory), { recursive: true });
  } else {
    await withClient(async (client) => {
      const home = await client.pwd();
      for (const directory of directories) {
        await client.ensureDir(join(job.remote, directory));
        await client.cd(home);
      }
    });
  }
  const moveAll = async (client: basicFtp.Client) => {
    for (let path = files.shift(); path !== undefined; path = files.shift()) {
      const [local, remote] = [join(job.local, path), join(job.remote, path)];
      await (job.direction === 'down' ? client.downloadTo(local, remote) : client.uploadFrom(local, remote));
    }
  };
  await Promise.all(Array.from({ length: job.connections }, () => withClient(moveAll)));
}

async function remoteFiles(): Promise<string[]> {
  const found: string[] = [];
  await withClient(async (client) => {
    const look = async (directory: string): Promise<void> => {
      for (const entry of await client.list(join(job.remote, directory))) {
        const path = join(directory, entry.name);
        if (entry.isDirectory) await look(path);
        else found.push(path);
      }
    };
    await look('');
  });
  return found;
}
