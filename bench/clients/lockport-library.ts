import { fileURLToPath } from 'node:url';
import type { FtpClient } from './client.ts';
import type { InstalledLockport } from './installed-lockport.ts';
import { nodeProgram } from './node-program.ts';

const program = fileURLToPath(new URL('programs/lockport-library.ts', import.meta.url));

export function lockportLibrary({ library, version }: InstalledLockport): FtpClient {
  return {
    name: 'Lockport library',
    isOurs: true,
    version: async () => version,
    command: async (job, account) => nodeProgram(program, { library, job, account }),
  };
}
