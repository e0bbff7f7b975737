import type { ByteRange, CallOptions, DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import { parseSizeReply, parseTimeReply } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import { setType } from '../connection/set-type.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { type Digester, digestersOf, digestOfNothing, STRONGEST_FIRST } from './digesters.ts';

/** Which checksums the server computes, the strongest first. */
export function availableDigests(features: ReadonlyMap<string, string>): readonly DigestAlgorithm[] {
  return STRONGEST_FIRST.filter((algorithm) => digestersOf(features, algorithm).length > 0);
}

/** A checksum of a file or a part of it, by the first of the server's commands that can. */
export async function askDigest(
  { connection, features }: SignedIn,
  path: VirtualPath,
  algorithm: DigestAlgorithm,
  { signal, ...range }: CallOptions & ByteRange,
): Promise<Uint8Array> {
  const digesters = digestersOf(features, algorithm);
  if (digesters.length === 0) throw cannot(algorithm);
  const part = await partOf(connection, path, range, signal);
  if (part && part.start === part.end) return digestOfNothing(algorithm);
  return firstDigest(digesters, (compute) => compute(connection, { path, algorithm, part, signal }), algorithm);
}

/** SIZE tells what TYPE makes of a file: its own length in TYPE I alone (RFC 3659 section 4). */
export async function askSize(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<number> {
  await setType(connection, 'I', signal);
  const reply = await connection.request('SIZE', path, { signal });
  const bytes = parseSizeReply(reply);
  if (bytes === undefined) throw replyError(reply, 'command', `SIZE ${path}`, 'protocol');
  return bytes;
}

export async function askModified(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<Date> {
  const reply = await connection.request('MDTM', path, { signal });
  const time = parseTimeReply(reply);
  if (!time) throw replyError(reply, 'command', `MDTM ${path}`, 'protocol');
  return time;
}

/** The bounds in numbers, as no command has a form for "to the end"; undefined for the whole file, which needs none. */
async function partOf(
  connection: ControlConnection,
  path: VirtualPath,
  { start = 0, end }: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Required<ByteRange> | undefined> {
  if (start === 0 && end === undefined) return undefined;
  const bytes = await askSize(connection, path, signal);
  const last = Math.min(end ?? bytes, bytes);
  if (start < 0 || start > last || !Number.isInteger(start)) {
    const message = `There are no bytes from ${start} to ${last} in a file of ${bytes}`;
    throw new ClientError('invalid-argument', message, { phase: 'prepare' });
  }
  return start === 0 && last === bytes ? undefined : { start, end: last };
}

/** Some know the command and not the range: then the next one is asked. */
async function firstDigest(
  digesters: readonly Digester[],
  compute: (digester: Digester) => Promise<Uint8Array | undefined>,
  algorithm: DigestAlgorithm,
): Promise<Uint8Array> {
  for (const digester of digesters) {
    const found = await compute(digester);
    if (found) return found;
  }
  throw cannot(algorithm);
}

function cannot(algorithm: DigestAlgorithm): ClientError {
  return new ClientError('unsupported', `The server computes no ${algorithm} of this`, { phase: 'prepare' });
}
