import type { FtpClient } from './client.ts';
import type { InstalledLockport } from './installed-lockport.ts';
import { nodeProgram } from './node-program.ts';

export function lockportLibrary({ library, version }: InstalledLockport): FtpClient {
  return {
    name: 'Lockport library',
    isOurs: true,
    version: async () => version,
    command: async (job, account) => nodeProgram('lockport-library', { library, job, account }),
  };
}
