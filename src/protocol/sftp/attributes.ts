import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Attributes of a file in version 3 (draft-ietf-secsh-filexfer-02 section 5). */
export interface SftpAttributes {
  /** In bytes. */
  readonly size?: number;
  readonly owner?: { readonly user: number; readonly group: number };
  /** POSIX mode: permission bits and, in replies, the kind of the file. */
  readonly mode?: number;
  /** In seconds since 1970. */
  readonly times?: { readonly accessed: number; readonly modified: number };
}

const SIZE = 0x1;
const OWNER = 0x2;
const MODE = 0x4;
const TIMES = 0x8;
const EXTENDED = 0x8000_0000;

/** Extended attributes are passed over. @throws MalformedPacket */
export function readAttributes(reader: ByteReader): SftpAttributes {
  const flags = reader.uint32();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const attributes = {
    ...(has(SIZE) && { size: reader.uint64() }),
    ...(has(OWNER) && { owner: { user: reader.uint32(), group: reader.uint32() } }),
    ...(has(MODE) && { mode: reader.uint32() }),
    ...(has(TIMES) && { times: { accessed: reader.uint32(), modified: reader.uint32() } }),
  };
  // Each of them takes eight bytes at the least, so that the packet bounds how many there are.
  for (let left = has(EXTENDED) ? reader.uint32() : 0; left > 0; left -= 1) {
    reader.string();
    reader.string();
  }
  return attributes;
}

export function writeAttributes(writer: ByteWriter, { size, owner, mode, times }: SftpAttributes): void {
  const flags = (size !== undefined ? SIZE : 0) | (owner ? OWNER : 0) | (mode !== undefined ? MODE : 0);
  writer.uint32(flags | (times ? TIMES : 0));
  if (size !== undefined) writer.uint64(size);
  if (owner) writer.uint32(owner.user).uint32(owner.group);
  if (mode !== undefined) writer.uint32(mode);
  if (times) writer.uint32(times.accessed).uint32(times.modified);
}
