import type { SftpAttributes } from '../../protocol/index.ts';
import type { RemoteEntry } from '../listing/entry.ts';

type Facts = Omit<RemoteEntry, 'name' | 'path'>;

const KIND_BITS = 0o170000;
const KINDS: { readonly [bits: number]: RemoteEntry['kind'] | undefined } = {
  0o040000: 'directory',
  0o100000: 'file',
  0o120000: 'link',
};
/** Of a line for people, where attributes have no mode. */
const LETTERS: { readonly [letter: string]: RemoteEntry['kind'] | undefined } = {
  d: 'directory',
  '-': 'file',
  l: 'link',
};

/** What attributes tell of an entry. @param line as `ls -l` has it */
export function factsOf({ size, mode, owner, times }: SftpAttributes, line = ''): Facts {
  const kind = mode === undefined ? LETTERS[line[0] ?? ''] : KINDS[mode & KIND_BITS];
  return {
    kind: kind ?? 'other',
    ...(size !== undefined && kind !== 'directory' && Number.isSafeInteger(size) && { size }),
    ...(times && { modified: new Date(times.modified * 1000), modifiedPrecision: 'second' as const }),
    ...(mode !== undefined && { mode: mode & 0o7777 }),
    ...(owner && { owner: String(owner.user), group: String(owner.group) }),
  };
}
