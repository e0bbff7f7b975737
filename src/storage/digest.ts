import { createHash } from 'node:crypto';
// Not by name: Node before 20.15 lacks crc32 and would end here, before it is told that it is too old.
import zlib from 'node:zlib';
import type { DigestAlgorithm } from '../core/index.ts';

const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

/** The digest of all bytes of a stream; CRC32 as four bytes, most significant first. */
export async function digestOf(bytes: AsyncIterable<Uint8Array>, algorithm: DigestAlgorithm): Promise<Uint8Array> {
  if (algorithm === 'CRC32') return crc32Of(bytes);
  const hash = createHash(HASHES[algorithm]);
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest();
}

async function crc32Of(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let value = 0;
  for await (const chunk of bytes) value = zlib.crc32(chunk, value);
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(value);
  return digest;
}
