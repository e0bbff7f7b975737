import type { Buffer } from 'node:buffer';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { EXTENSIONS, type ExtensionName } from './extensions.ts';
import { type FieldsOf, type Layout, readFields, writeFields } from './fields.ts';

interface RequestRow {
  readonly type: number;
  readonly fields: Layout;
}

/** The requests of version 3 (draft-ietf-secsh-filexfer-02 section 6), each with its fields behind the id. */
export const REQUESTS = {
  open: { type: 3, fields: { path: 'text', flags: 'uint32', attributes: 'attributes' } },
  close: { type: 4, fields: { handle: 'text' } },
  read: { type: 5, fields: { handle: 'text', offset: 'uint64', length: 'uint32' } },
  write: { type: 6, fields: { handle: 'text', offset: 'uint64', data: 'bytes' } },
  lstat: { type: 7, fields: { path: 'text' } },
  fstat: { type: 8, fields: { handle: 'text' } },
  setstat: { type: 9, fields: { path: 'text', attributes: 'attributes' } },
  fsetstat: { type: 10, fields: { handle: 'text', attributes: 'attributes' } },
  opendir: { type: 11, fields: { path: 'text' } },
  readdir: { type: 12, fields: { handle: 'text' } },
  remove: { type: 13, fields: { path: 'text' } },
  mkdir: { type: 14, fields: { path: 'text', attributes: 'attributes' } },
  rmdir: { type: 15, fields: { path: 'text' } },
  realpath: { type: 16, fields: { path: 'text' } },
  stat: { type: 17, fields: { path: 'text' } },
  rename: { type: 18, fields: { from: 'text', to: 'text' } },
  readlink: { type: 19, fields: { path: 'text' } },
  // OpenSSH has the two the other way round than the draft says, and every client follows it.
  symlink: { type: 20, fields: { target: 'text', path: 'text' } },
} as const satisfies { readonly [name: string]: RequestRow };

/** The packet that begins a conversation: it has a version in place of an id. */
const INIT = 1;
const EXTENDED = 200;

type RequestName = keyof typeof REQUESTS;
type Plain<Name extends RequestName> = { readonly kind: Name; readonly id: number } & FieldsOf<
  (typeof REQUESTS)[Name]['fields']
>;
type Extended<Name extends ExtensionName> = { readonly kind: Name; readonly id: number } & FieldsOf<
  (typeof EXTENSIONS)[Name]['fields']
>;

/** A request as it was read. `unknown`: of a type, or an extension, that is not supported. `malformed`: its fields can't be read. */
export type SftpRequest =
  | { readonly [Name in RequestName]: Plain<Name> }[RequestName]
  | { readonly [Name in ExtensionName]: Extended<Name> }[ExtensionName]
  | { readonly kind: 'unknown' | 'malformed'; readonly id: number };

export type SftpRequestKind = SftpRequest['kind'];
/** One that `formatRequest` can write. */
export type KnownRequest = Exclude<SftpRequest, { readonly kind: 'unknown' | 'malformed' }>;

const NAMES: ReadonlyMap<number, RequestName> = new Map(
  (Object.keys(REQUESTS) as RequestName[]).map((name) => [REQUESTS[name].type, name]),
);

/** Reads a request behind the first packet. Its bytes are views of the packet. @throws MalformedPacket where not even its id can be read */
export function parseRequest(packet: Uint8Array): SftpRequest {
  const reader = new ByteReader(packet);
  const type = reader.uint8();
  const id = reader.uint32();
  try {
    const kind = type === EXTENDED ? extensionNamed(reader) : NAMES.get(type);
    if (kind === undefined) return { kind: 'unknown', id };
    return { kind, id, ...readFields(reader, layoutOf(kind)) } as unknown as SftpRequest;
  } catch {
    return { kind: 'malformed', id };
  }
}

/** The packet of a request, with its length before it. */
export function formatRequest(request: KnownRequest): Buffer {
  const { kind, id } = request;
  const writer = new ByteWriter();
  if (isExtension(kind)) writer.uint8(EXTENDED).uint32(id).text(kind);
  else writer.uint8(REQUESTS[kind].type).uint32(id);
  writeFields(writer, layoutOf(kind), request as unknown as FieldsOf<Layout>);
  return writer.packet();
}

/** The version that a first packet asks for. @throws MalformedPacket; undefined where it is another one */
export function parseInit(packet: Uint8Array): number | undefined {
  const reader = new ByteReader(packet);
  return reader.uint8() === INIT ? reader.uint32() : undefined;
}

export function formatInit(version: number): Buffer {
  return new ByteWriter().uint8(INIT).uint32(version).packet();
}

function extensionNamed(reader: ByteReader): ExtensionName | undefined {
  const name = reader.string().toString('latin1');
  return isExtension(name) ? name : undefined;
}

function isExtension(name: string): name is ExtensionName {
  return Object.hasOwn(EXTENSIONS, name);
}

function layoutOf(kind: RequestName | ExtensionName): Layout {
  return isExtension(kind) ? EXTENSIONS[kind].fields : REQUESTS[kind].fields;
}
