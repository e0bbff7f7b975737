import { Buffer } from 'node:buffer';
import { type SftpAttributes, writeAttributes } from './attributes.ts';
import { ByteWriter } from './byte-writer.ts';

/** The only version that is spoken: what all clients of OpenSSH's family speak. */
const SFTP_VERSION = 3;

/** Status codes of version 3 (draft-ietf-secsh-filexfer-02 section 7). */
export const STATUS = {
  ok: 0,
  'end-of-file': 1,
  'no-such-file': 2,
  'permission-denied': 3,
  failure: 4,
  'bad-message': 5,
  'no-connection': 6,
  'connection-lost': 7,
  unsupported: 8,
} as const;

export type StatusName = keyof typeof STATUS;

/** The type of the first packet of a server. */
export const VERSION = 2;
/** Types of the replies behind the first one. */
export const REPLY_TYPES = { status: 101, handle: 102, data: 103, names: 104, attributes: 105, extended: 201 } as const;

/** The bytes of a data packet before the data. */
export const DATA_HEAD_BYTES = 13;

/** One entry of a directory, or a path. */
export interface NamedEntry {
  readonly name: string;
  /** A line for people, as `ls -l` has it. */
  readonly line: string;
  readonly attributes: SftpAttributes;
}

/** All replies are packets with their length before them. */
export const sftpReply = {
  version(extensions: readonly (readonly [string, string])[]): Buffer {
    const writer = new ByteWriter().uint8(VERSION).uint32(SFTP_VERSION);
    for (const [name, data] of extensions) writer.text(name).text(data);
    return writer.packet();
  },

  status(id: number, status: StatusName, message: string): Buffer {
    return new ByteWriter()
      .uint8(REPLY_TYPES.status)
      .uint32(id)
      .uint32(STATUS[status])
      .text(message)
      .text('en')
      .packet();
  },

  handle(id: number, handle: string): Buffer {
    return new ByteWriter().uint8(REPLY_TYPES.handle).uint32(id).text(handle).packet();
  },

  names(id: number, entries: readonly NamedEntry[]): Buffer {
    const writer = new ByteWriter().uint8(REPLY_TYPES.names).uint32(id).uint32(entries.length);
    for (const { name, line, attributes } of entries) {
      writer.text(name).text(line);
      writeAttributes(writer, attributes);
    }
    return writer.packet();
  },

  attributes(id: number, attributes: SftpAttributes): Buffer {
    const writer = new ByteWriter().uint8(REPLY_TYPES.attributes).uint32(id);
    writeAttributes(writer, attributes);
    return writer.packet();
  },

  extended(id: number, data: Uint8Array): Buffer {
    return new ByteWriter().uint8(REPLY_TYPES.extended).uint32(id).raw(data).packet();
  },
};

/** Memory for a data packet: its bytes are put behind `DATA_HEAD_BYTES`, so that they need not be copied again. */
export function roomForData(length: number): Buffer {
  return Buffer.allocUnsafe(DATA_HEAD_BYTES + length);
}

/** The data packet in `room`, of which `length` bytes of data are used. */
export function dataReply(id: number, room: Buffer, length: number): Buffer {
  room.writeUInt32BE(DATA_HEAD_BYTES - 4 + length, 0);
  room.writeUInt8(REPLY_TYPES.data, 4);
  room.writeUInt32BE(id, 5);
  room.writeUInt32BE(length, 9);
  return room.subarray(0, DATA_HEAD_BYTES + length);
}
