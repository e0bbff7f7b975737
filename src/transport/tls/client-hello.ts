import type { ClientHello } from '../../core/index.ts';
import { cipherName, groupName, isGrease, versionName } from './tls-names.ts';

/** The most bytes of a ClientHello that are looked at: a record of TLS with its header. */
export const MAX_HELLO_BYTES = 16_384 + 5;
/** What a list may have; the rest of it is left out. Browsers and JDKs offer up to 50 cipher suites. */
const MAX_CIPHERS = 80;
const MAX_GROUPS = 24;
const MAX_VERSIONS = 8;
const MAX_PROTOCOLS = 8;
const MAX_PROTOCOL_BYTES = 32;

const RECORD_HEADER = 5;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const RANDOM_BYTES = 32;

const EXTENSION = { serverName: 0, groups: 10, alpn: 16, versions: 43 } as const;

/** How many bytes the first record of a handshake has; undefined for what is none, or as long as that is not to be seen. */
export function helloBytes(bytes: Buffer): number | undefined {
  if (bytes[0] !== HANDSHAKE_RECORD || bytes.length < RECORD_HEADER) return undefined;
  return Math.min(MAX_HELLO_BYTES, RECORD_HEADER + bytes.readUInt16BE(3));
}

/**
 * What the first record of a client says. The bytes are a stranger's: what ends too early is told as far as it goes, and what is
 * no ClientHello gives undefined. Never throws.
 */
export function readClientHello(bytes: Buffer): ClientHello | undefined {
  const record = bytes.subarray(RECORD_HEADER, helloBytes(bytes) ?? 0);
  if (record[0] !== CLIENT_HELLO) return undefined;
  const hello = new Reader(record.subarray(4));
  const legacyVersion = hello.number(2);
  hello.skip(RANDOM_BYTES);
  hello.vector(1);
  const ciphers = hello.vector(2).numbers(MAX_CIPHERS);
  if (legacyVersion === undefined || ciphers.length === 0) return undefined;
  hello.vector(1);
  const extensions = extensionsIn(hello.vector(2));
  const offered = extensions.get(EXTENSION.versions)?.vector(1).numbers(MAX_VERSIONS);
  const serverName = extensions.get(EXTENSION.serverName);
  const alpn = extensions.get(EXTENSION.alpn);
  const host = serverName && hostIn(serverName);
  return {
    versions: (offered ?? [legacyVersion]).filter((version) => !isGrease(version)).map(versionName),
    ciphers: ciphers.filter((cipher) => !isGrease(cipher)).map(cipherName),
    groups: (extensions.get(EXTENSION.groups)?.vector(2).numbers(MAX_GROUPS) ?? [])
      .filter((group) => !isGrease(group))
      .map(groupName),
    ...(host !== undefined && { serverName: host }),
    ...(alpn && { alpn: protocolsIn(alpn) }),
  };
}

/** The first of each kind. */
function extensionsIn(extensions: Reader): ReadonlyMap<number, Reader> {
  const found = new Map<number, Reader>();
  while (!extensions.isAtEnd) {
    const kind = extensions.number(2);
    const body = extensions.vector(2);
    if (kind !== undefined && KINDS.has(kind) && !found.has(kind)) found.set(kind, body);
  }
  return found;
}

const KINDS: ReadonlySet<number> = new Set(Object.values(EXTENSION));

/** RFC 6066 section 3. */
function hostIn(extension: Reader): string | undefined {
  const names = extension.vector(2);
  if (names.number(1) !== 0) return undefined;
  const name = names.vector(2).text(255).toLowerCase();
  return /^[\x21-\x7e]+$/.test(name) ? name : undefined;
}

/** RFC 7301 section 3.1. */
function protocolsIn(extension: Reader): readonly string[] {
  const list = extension.vector(2);
  const protocols: string[] = [];
  while (!list.isAtEnd && protocols.length < MAX_PROTOCOLS) {
    const protocol = list.vector(1).text(MAX_PROTOCOL_BYTES);
    if (/^[\x21-\x7e]+$/.test(protocol)) protocols.push(protocol);
  }
  return protocols;
}

/** Reads forward in bytes that may end anywhere: what is not there is undefined, or empty. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  number(bytes: 1 | 2): number | undefined {
    const at = this.#at;
    this.#at += bytes;
    return this.#at <= this.#bytes.length ? this.#bytes.readUIntBE(at, bytes) : undefined;
  }

  /** What a length of so many bytes stands before; cut where the bytes end. */
  vector(lengthBytes: 1 | 2): Reader {
    const length = this.number(lengthBytes) ?? 0;
    const start = this.#at;
    this.#at += length;
    return new Reader(this.#bytes.subarray(start, this.#at));
  }

  /** All that is left, as numbers of two bytes. */
  numbers(max: number): readonly number[] {
    const numbers: number[] = [];
    while (this.#at + 2 <= this.#bytes.length && numbers.length < max) numbers.push(this.number(2) ?? 0);
    return numbers;
  }

  /** All that is left, up to so many bytes. */
  text(maxBytes: number): string {
    return this.#bytes.toString('latin1', this.#at, Math.min(this.#bytes.length, this.#at + maxBytes));
  }
}
