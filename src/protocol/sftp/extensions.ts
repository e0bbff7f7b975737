import type { Layout } from './fields.ts';

interface ExtensionRow {
  /** What the server announces beside the name. Absent: it is not announced, because clients know it without. */
  readonly version?: string;
  readonly fields: Layout;
}

/**
 * The extensions that are supported, with the fields of their requests: those of OpenSSH's PROTOCOL, and `check-file` of
 * draft-ietf-secsh-filexfer-extensions-00 section 3.
 */
export const EXTENSIONS = {
  'posix-rename@openssh.com': { version: '1', fields: { from: 'text', to: 'text' } },
  'statvfs@openssh.com': { version: '2', fields: { path: 'text' } },
  'fstatvfs@openssh.com': { version: '2', fields: { handle: 'text' } },
  'fsync@openssh.com': { version: '1', fields: { handle: 'text' } },
  'lsetstat@openssh.com': { version: '1', fields: { path: 'text', attributes: 'attributes' } },
  'limits@openssh.com': { version: '1', fields: {} },
  'expand-path@openssh.com': { version: '1', fields: { path: 'text' } },
  'copy-data': {
    version: '1',
    fields: { from: 'text', offset: 'uint64', length: 'uint64', to: 'text', toOffset: 'uint64' },
  },
  // By this name it is announced; paramiko asks by it, too, where the draft has check-file-handle.
  'check-file': {
    version: '',
    fields: { handle: 'text', algorithms: 'text', offset: 'uint64', length: 'uint64', blockSize: 'uint32' },
  },
  'check-file-name': {
    fields: { path: 'text', algorithms: 'text', offset: 'uint64', length: 'uint64', blockSize: 'uint32' },
  },
  'check-file-handle': {
    fields: { handle: 'text', algorithms: 'text', offset: 'uint64', length: 'uint64', blockSize: 'uint32' },
  },
} as const satisfies { readonly [name: string]: ExtensionRow };

export type ExtensionName = keyof typeof EXTENSIONS;

/** The extensions that the server announces, each with its version. */
export const ANNOUNCED: readonly (readonly [name: string, version: string])[] = Object.entries<ExtensionRow>(
  EXTENSIONS,
).flatMap(([name, { version }]) => (version === undefined ? [] : [[name, version] as const]));
