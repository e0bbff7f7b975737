import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FtpClient } from './client.ts';
import { nodeProgram } from './node-program.ts';

const library = fileURLToPath(import.meta.resolve('basic-ftp'));
const program = fileURLToPath(new URL('programs/basic-ftp.ts', import.meta.url));

/** One connection a client; for more of them, clients side by side that share the files. */
export const basicFtp: FtpClient = {
  name: 'basic-ftp',
  isOurs: false,
  async version() {
    const { version }: { version: string } = JSON.parse(
      await readFile(new URL('../package.json', `file://${library}`), 'utf8'),
    );
    return version;
  },
  command: async (job, account) => nodeProgram(program, { library, job, account }),
};
