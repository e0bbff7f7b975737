/** What SSH_FXP_OPEN asks for (draft-ietf-secsh-filexfer-02 section 6.3). */
const OPEN_FLAGS = { read: 0x1, write: 0x2, append: 0x4, create: 0x8, truncate: 0x10, exclusive: 0x20 } as const;

export type OpenFlags = { readonly [name in keyof typeof OPEN_FLAGS]: boolean };

export function readOpenFlags(flags: number): OpenFlags {
  const entries = Object.entries(OPEN_FLAGS).map(([name, bit]) => [name, (flags & bit) !== 0] as const);
  return Object.fromEntries(entries) as OpenFlags;
}

/** The flags of a request that asks for these. */
export function openFlags(...names: readonly (keyof typeof OPEN_FLAGS)[]): number {
  return names.reduce((flags, name) => flags | OPEN_FLAGS[name], 0);
}
