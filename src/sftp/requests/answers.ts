import type { Buffer } from 'node:buffer';
import { sftpReply } from '../../protocol/index.ts';

/** The most bytes of a file that one reply has, whatever a request asks for: OpenSSH takes no packet above 256 KiB. */
export const MAX_DATA_BYTES = 261_120;

export function done(id: number): Buffer {
  return sftpReply.status(id, 'ok', 'Done');
}
