import type { Buffer } from 'node:buffer';
import { decodeText } from '../../core/index.ts';
import { readAttributes, type SftpAttributes, writeAttributes } from './attributes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** How one kind of field is read and written. */
interface FieldKind<Value> {
  readonly read: (reader: ByteReader) => Value;
  readonly write: (writer: ByteWriter, value: Value) => unknown;
}

const number = (kind: 'uint32' | 'uint64'): FieldKind<number> => ({
  read: (reader) => reader[kind](),
  write: (writer, value) => writer[kind](value),
});

const text: FieldKind<string> = {
  read: (reader) => decodeText(reader.string()),
  write: (writer, value) => writer.text(value),
};

const bytes: FieldKind<Buffer> = {
  read: (reader) => reader.string(),
  write: (writer, value) => writer.string(value),
};

const attributes: FieldKind<SftpAttributes> = { read: readAttributes, write: writeAttributes };

export const FIELD_KINDS = {
  uint32: number('uint32'),
  uint64: number('uint64'),
  text,
  bytes,
  attributes,
} as const;

type FieldKindName = keyof typeof FIELD_KINDS;
/** The fields of a packet, in their order. */
export type Layout = { readonly [field: string]: FieldKindName };
/** What a packet of a layout holds. */
export type FieldsOf<One extends Layout> = {
  readonly [Name in keyof One]: (typeof FIELD_KINDS)[One[Name]] extends FieldKind<infer Value> ? Value : never;
};

/** Bytes behind the last field are passed over: later versions of a request may have more fields. @throws MalformedPacket */
export function readFields<One extends Layout>(reader: ByteReader, layout: One): FieldsOf<One> {
  const fields = Object.entries(layout).map(([name, kind]) => [name, FIELD_KINDS[kind].read(reader)] as const);
  return Object.fromEntries(fields) as unknown as FieldsOf<One>;
}

export function writeFields<One extends Layout>(writer: ByteWriter, layout: One, fields: FieldsOf<One>): void {
  for (const [name, kind] of Object.entries(layout)) {
    const { write } = FIELD_KINDS[kind] as FieldKind<unknown>;
    write(writer, fields[name]);
  }
}
