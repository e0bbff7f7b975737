import type { ByteRange, CallOptions, DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { SftpRequests } from './sftp-requests.ts';

/** By their names in draft-ietf-secsh-filexfer-extensions-00 section 3, the strongest first. */
const NAMES: readonly (readonly [algorithm: DigestAlgorithm, name: string, bytes: number])[] = [
  ['SHA-512', 'sha512', 64],
  ['SHA-256', 'sha256', 32],
  ['SHA-1', 'sha1', 20],
  ['MD5', 'md5', 16],
  ['CRC32', 'crc32', 4],
];

/** What a server computes that announces `check-file`: it need not tell which algorithms it has. */
export function digestsOf(extensions: ReadonlyMap<string, string>): readonly DigestAlgorithm[] {
  return extensions.has('check-file') ? NAMES.map(([algorithm]) => algorithm) : [];
}

/** @throws ClientError `unsupported` where the server does not compute it */
export async function digest(
  answers: SftpRequests,
  extensions: ReadonlyMap<string, string>,
  path: VirtualPath,
  algorithm: DigestAlgorithm,
  { start = 0, end, signal }: CallOptions & ByteRange,
): Promise<Uint8Array> {
  const [, name = '', bytes = 0] = NAMES.find(([one]) => one === algorithm) ?? [];
  if (!extensions.has('check-file') || (end !== undefined && end <= start)) throw cannot(algorithm);
  const range = { offset: start, length: end === undefined ? 0 : end - start, blockSize: 0 };
  const request = { kind: 'check-file-name', path, algorithms: name, ...range } as const;
  const [used, sum] = await answers.extended(request, { signal, isSlow: true }, (fields) => {
    return [fields.string().toString('latin1'), fields.rest()] as const;
  });
  if (used !== name || sum.length !== bytes) throw cannot(algorithm);
  return sum;
}

function cannot(algorithm: DigestAlgorithm): ClientError {
  return new ClientError('unsupported', `The server computes no ${algorithm} of this`, { phase: 'prepare' });
}
