import { createHash } from 'node:crypto';
import type { ByteRange, DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import {
  byteRange,
  checksumRequest,
  type HashReply,
  parseChecksumReply,
  parseHashReply,
} from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';

interface DigestRequest {
  readonly path: VirtualPath;
  readonly algorithm: DigestAlgorithm;
  /** Undefined for the whole file. Never empty. */
  readonly part: Required<ByteRange> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A command that computes checksums; gives undefined where it can't do it for that part. */
export type Digester = (connection: ControlConnection, request: DigestRequest) => Promise<Uint8Array | undefined>;

export const STRONGEST_FIRST: readonly DigestAlgorithm[] = ['SHA-512', 'SHA-256', 'SHA-1', 'MD5', 'CRC32'];

/** The commands that FEAT announces for the algorithm: HASH, which takes a name as it is, before the older ones. */
export function digestersOf(features: ReadonlyMap<string, string>, algorithm: DigestAlgorithm): readonly Digester[] {
  const announced = (features.get('HASH') ?? '').toUpperCase().split(/[;,* ]/);
  const verbs = VERBS[algorithm].filter((verb) => features.has(verb));
  return [...(announced.includes(algorithm) ? [byHash(features.has('RANG'))] : []), ...verbs.map(byVerb)];
}

/** No command has a form for a part without bytes. */
export function digestOfNothing(algorithm: DigestAlgorithm): Uint8Array {
  return algorithm === 'CRC32' ? Buffer.alloc(4) : createHash(algorithm.replace('SHA-', 'SHA')).digest();
}

const VERBS: { readonly [algorithm in DigestAlgorithm]: readonly string[] } = {
  'SHA-512': ['XSHA512'],
  'SHA-256': ['XSHA256'],
  'SHA-1': ['XSHA1', 'XSHA'],
  MD5: ['XMD5', 'MD5'],
  CRC32: ['XCRC'],
};

const BYTES: { readonly [algorithm in DigestAlgorithm]: number } = {
  'SHA-512': 64,
  'SHA-256': 32,
  'SHA-1': 20,
  MD5: 16,
  CRC32: 4,
};

/** HASH, with OPTS HASH and RANG before it (draft-bryan-ftpext-hash-02, draft-bryan-ftp-range-08). */
function byHash(hasRange: boolean): Digester {
  return async (connection, { path, algorithm, part, signal }) => {
    if (part && !hasRange) return undefined;
    await chooseAlgorithm(connection, algorithm, signal);
    const found = part
      ? await withRange(connection, part, signal, () => askHash(connection, path, signal))
      : await askHash(connection, path, signal);
    // ProFTPD 1.3.9: RANG has no effect on HASH, which shows in the reply.
    if (part && !isOf(part, found)) return undefined;
    return found.algorithm === algorithm ? bytesOf(found.hex, algorithm) : undefined;
  };
}

async function chooseAlgorithm(
  connection: ControlConnection,
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (connection.hashAlgorithm === algorithm) return;
  connection.hashAlgorithm = undefined;
  await connection.request('OPTS', `HASH ${algorithm}`, { signal });
  connection.hashAlgorithm = algorithm;
}

async function askHash(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<HashReply> {
  const reply = await connection.request('HASH', path, { signal, timeoutMs: connection.settings.limits.finalReplyMs });
  const found = parseHashReply(reply);
  if (!found) throw replyError(reply, 'command', `HASH ${path}`, 'protocol');
  return found;
}

/** A range that stayed would cut the next download short: it is lifted, or the connection ends. */
async function withRange<T>(
  connection: ControlConnection,
  part: Required<ByteRange>,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await connection.request('RANG', byteRange.format(part), { signal, accept: isSet });
    const result = await work();
    await connection.request('RANG', byteRange.format('whole'), { signal, accept: isSet });
    return result;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** RANG is answered as REST is (draft-bryan-ftp-range-08 section 4). */
function isSet(code: number): boolean {
  return code === 350;
}

/** Servers differ in whether the last position is included. */
function isOf({ start, end }: Required<ByteRange>, { range: [first, last] }: HashReply): boolean {
  return first === start && (last === end || last === end - 1);
}

/** XSHA256 and its like: a name, in quotes where it needs them, and the range behind it. Draft-twine's MD5 knows no range. */
function byVerb(verb: string): Digester {
  return async (connection, { path, algorithm, part, signal }) => {
    if (part && verb === 'MD5') return undefined;
    const argument = checksumRequest.format({ path, range: part ?? {} });
    const timeoutMs = connection.settings.limits.finalReplyMs;
    const reply = await connection.request(verb, argument, { signal, timeoutMs });
    const hex = parseChecksumReply(reply, algorithm);
    if (hex === undefined) throw replyError(reply, 'command', `${verb} ${path}`, 'protocol');
    return bytesOf(hex, algorithm);
  };
}

function bytesOf(hex: string, algorithm: DigestAlgorithm): Uint8Array | undefined {
  const bytes = Buffer.from(hex, 'hex');
  return bytes.length === BYTES[algorithm] ? bytes : undefined;
}
