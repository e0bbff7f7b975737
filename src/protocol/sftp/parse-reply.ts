import type { Buffer } from 'node:buffer';
import { decodeText } from '../../core/index.ts';
import { readAttributes, type SftpAttributes } from './attributes.ts';
import { ByteReader, MalformedPacket } from './byte-reader.ts';
import { REPLY_TYPES, VERSION } from './replies.ts';

/** A reply as it was read. */
export type SftpReply =
  | { readonly kind: 'status'; readonly id: number; readonly status: number; readonly message: string }
  | { readonly kind: 'handle'; readonly id: number; readonly handle: string }
  | { readonly kind: 'data'; readonly id: number; readonly data: Buffer }
  | { readonly kind: 'names'; readonly id: number; readonly entries: readonly ReadEntry[] }
  | { readonly kind: 'attributes'; readonly id: number; readonly attributes: SftpAttributes }
  | { readonly kind: 'extended'; readonly id: number; readonly data: Buffer };

interface ReadEntry {
  readonly name: string;
  readonly line: string;
  readonly attributes: SftpAttributes;
}

/** The first packet of a server: its version, and its extensions, each with what it says of it. @throws MalformedPacket */
export function parseVersion(packet: Uint8Array): {
  readonly version: number;
  readonly extensions: ReadonlyMap<string, string>;
} {
  const reader = new ByteReader(packet);
  if (reader.uint8() !== VERSION) throw new MalformedPacket('The first packet does not tell a version');
  const version = reader.uint32();
  const extensions = new Map<string, string>();
  while (!reader.isAtEnd) {
    const name = decodeText(reader.string());
    extensions.set(name, decodeText(reader.string()));
  }
  return { version, extensions };
}

/** Reads a reply behind the first one. Its bytes are views of the packet. @throws MalformedPacket */
export function parseReply(packet: Uint8Array): SftpReply {
  const reader = new ByteReader(packet);
  const type = reader.uint8();
  const id = reader.uint32();
  switch (type) {
    case REPLY_TYPES.status: {
      const status = reader.uint32();
      // Servers of the first drafts leave the text out.
      return { kind: 'status', id, status, message: reader.isAtEnd ? '' : decodeText(reader.string()) };
    }
    case REPLY_TYPES.handle:
      return { kind: 'handle', id, handle: decodeText(reader.string()) };
    case REPLY_TYPES.data:
      return { kind: 'data', id, data: reader.string() };
    case REPLY_TYPES.names:
      return { kind: 'names', id, entries: readEntries(reader) };
    case REPLY_TYPES.attributes:
      return { kind: 'attributes', id, attributes: readAttributes(reader) };
    case REPLY_TYPES.extended:
      return { kind: 'extended', id, data: reader.rest() };
    default:
      throw new MalformedPacket(`A reply has the unknown type ${type}`);
  }
}

/** Each takes twelve bytes at the least, so that the packet bounds how many there are. */
function readEntries(reader: ByteReader): readonly ReadEntry[] {
  const entries: ReadEntry[] = [];
  for (let left = reader.uint32(); left > 0; left -= 1) {
    const name = decodeText(reader.string());
    const line = decodeText(reader.string());
    entries.push({ name, line, attributes: readAttributes(reader) });
  }
  return entries;
}
