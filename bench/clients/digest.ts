import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const readBytes = 1024 * 1024;

/** SHA-256 of a file of any length. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: readBytes }), hash);
  return hash.digest('hex');
}
