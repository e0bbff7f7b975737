import type { SftpConnection } from './sftp-connection.ts';
import { SftpRequests } from './sftp-requests.ts';

/** Bytes of one READ and of one WRITE. */
export interface TransferSizes {
  readonly read: number;
  readonly write: number;
}

/** What every server takes (draft-ietf-secsh-filexfer-02 section 3). */
const USUAL_BYTES = 32_768;
const LEAST_BYTES = 512;

/** What the server says that it takes (`limits@openssh.com`, PROTOCOL of OpenSSH section 4.8), within our own limit. */
export async function transferSizes(connection: SftpConnection, signal: AbortSignal): Promise<TransferSizes> {
  if (!connection.extensions.has('limits@openssh.com')) return { read: USUAL_BYTES, write: USUAL_BYTES };
  const most = connection.settings.limits.maxSftpTransferBytes;
  // 0 stands for no limit.
  const within = (told: number): number => Math.max(LEAST_BYTES, Math.min(told || most, most));
  return new SftpRequests(connection).extended({ kind: 'limits@openssh.com' }, { signal }, (fields) => {
    fields.uint64();
    return { read: within(fields.uint64()), write: within(fields.uint64()) };
  });
}
