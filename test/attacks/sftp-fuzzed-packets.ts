import { formatInit, formatRequest, type KnownRequest } from '../../src/protocol/index.ts';

/** Packets that a hostile client of SFTP might send, the same ones for the same seed. */
export class FuzzedPackets {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** The first packet of a conversation: nearly always a right one, behind which there is something to attack. */
  first(): Buffer {
    return this.below(50) === 0 ? this.#bytes(this.below(40)) : formatInit(this.#pick([3, 3, 3, 0, 6, 0xffff_ffff]));
  }

  next(): Buffer {
    const packet = formatRequest(this.#request());
    // Most are as they should be, so that the others meet open files.
    const how = this.below(500);
    if (how < 450) return packet;
    if (how < 475) return this.#flipped(packet);
    if (how < 480) return framed(packet.subarray(4, 4 + this.below(packet.length - 3)));
    if (how < 490) return framed(Buffer.concat([packet.subarray(4), this.#bytes(this.below(20))]));
    if (how < 499) return framed(Buffer.concat([Buffer.from([this.below(256)]), this.#bytes(4 + this.below(60))]));
    return this.#lyingLength(packet);
  }

  /** At least 0 and below `limit`: xorshift of 32 bits. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % limit;
  }

  #request(): KnownRequest {
    const id = this.below(1_000_000);
    const [path, other] = [this.#pick(PATHS), this.#pick(PATHS)];
    const handle = String(this.below(12));
    const [offset, length] = [this.#offset(), this.#pick(LENGTHS)];
    const attributes = this.#attributes();
    const algorithms = this.#pick(['md5', 'sha256,md5', 'none', '']);
    const hash = { algorithms, offset, length, blockSize: this.#pick([0, 0, 256]) };
    return this.#pick<() => KnownRequest>([
      () => ({ kind: 'open', id, path, flags: this.#pick(FLAGS), attributes }),
      () => ({ kind: 'open', id, path, flags: this.#pick(FLAGS), attributes }),
      () => ({ kind: 'close', id, handle }),
      () => ({ kind: 'read', id, handle, offset, length }),
      () => ({ kind: 'write', id, handle, offset, data: this.#bytes(this.below(300)) }),
      () => ({ kind: 'write', id, handle, offset: this.below(500), data: this.#bytes(this.below(300)) }),
      () => ({ kind: 'lstat', id, path }),
      () => ({ kind: 'stat', id, path }),
      () => ({ kind: 'fstat', id, handle }),
      () => ({ kind: 'setstat', id, path, attributes }),
      () => ({ kind: 'fsetstat', id, handle, attributes }),
      () => ({ kind: 'opendir', id, path }),
      () => ({ kind: 'readdir', id, handle }),
      () => ({ kind: 'remove', id, path }),
      () => ({ kind: 'mkdir', id, path, attributes }),
      () => ({ kind: 'rmdir', id, path }),
      () => ({ kind: 'realpath', id, path }),
      () => ({ kind: 'rename', id, from: path, to: other }),
      () => ({ kind: 'readlink', id, path }),
      () => ({ kind: 'symlink', id, target: other, path }),
      () => ({ kind: 'posix-rename@openssh.com', id, from: path, to: other }),
      () => ({ kind: 'statvfs@openssh.com', id, path }),
      () => ({ kind: 'fstatvfs@openssh.com', id, handle }),
      () => ({ kind: 'fsync@openssh.com', id, handle }),
      () => ({ kind: 'lsetstat@openssh.com', id, path, attributes }),
      () => ({ kind: 'limits@openssh.com', id }),
      () => ({ kind: 'expand-path@openssh.com', id, path: this.#pick(['~', '~bob', '~/x', path]) }),
      () => ({ kind: 'check-file-name', id, path, ...hash }),
      () => ({ kind: 'check-file-handle', id, handle, ...hash }),
      () => ({ kind: 'check-file', id, handle, ...hash }),
      () => ({ kind: 'copy-data', id, from: handle, offset, length, to: String(this.below(12)), toOffset: offset }),
    ])();
  }

  #attributes() {
    return {
      ...(this.below(3) === 0 && { size: this.#offset() }),
      ...(this.below(8) === 0 && { owner: { user: this.below(9), group: this.below(9) } }),
      ...(this.below(3) === 0 && { mode: this.#pick([0, 0o644, 0o7777, 0xffff_ffff]) }),
      ...(this.below(3) === 0 && { times: { accessed: 0, modified: this.#pick([0, 1, 0x7fff_ffff, 0xffff_ffff]) } }),
    };
  }

  /** Few are so large that a file could not be: each of those is a refusal and no more. */
  #offset(): number {
    return this.below(4) > 0
      ? this.below(2000)
      : this.#pick([0, 65_536, 0xffff_ffff, 2 ** 40, Number.MAX_SAFE_INTEGER]);
  }

  #flipped(packet: Buffer): Buffer {
    const changed = Buffer.from(packet);
    for (let count = 1 + this.below(3); count > 0; count -= 1) {
      // The length before it stays, so that what follows is still read as packets.
      changed[4 + this.below(packet.length - 4)] = this.below(256);
    }
    return changed;
  }

  #lyingLength(packet: Buffer): Buffer {
    const changed = Buffer.from(packet);
    changed.writeUInt32BE(this.#pick([0, 1, 5, 270_337, 0x7fff_ffff, 0xffff_ffff]));
    return changed;
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  #pick<Value>(values: readonly Value[]): Value {
    // The list is never empty.
    return values[this.below(values.length)] as Value;
  }
}

function framed(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

const PATHS = [
  '/',
  '/a',
  '/b',
  '/c',
  'a',
  '/d',
  '/d/e',
  '/d/e/f',
  '/d/g',
  '/link',
  '/link/x',
  '/d/../a',
  '/a/b',
  '',
  '.',
  '..',
  '/../../etc/passwd',
  '/a\0b',
  '/a\nb',
  `/${'n'.repeat(256)}`,
  `/${'p/'.repeat(3000)}`,
  '/grüße',
];
const FLAGS = [0, 1, 1, 2, 3, 6, 8, 9, 0x0a, 0x0b, 0x1a, 0x1a, 0x1b, 0x2a, 0x0e, 0x1e, 0x3f, 0xffff_ffff];
const LENGTHS = [0, 1, 100, 4096, 300_000, 0x7fff_ffff, 0xffff_ffff];
