import type { Storage } from './storage.ts';

/** What only some storages can, with the test of whether one can. */
const TESTS = {
  'keep-partial': (storage) => storage.partial !== undefined,
  'set-modified': (storage) => storage.settable?.includes('modified') === true,
  'set-created': (storage) => storage.settable?.includes('created') === true,
  'set-mode': (storage) => storage.settable?.includes('mode') === true,
  'open-read': (storage) => storage.openRead !== undefined,
  'open-write': (storage) => storage.openWrite !== undefined,
  copy: (storage) => storage.copy !== undefined,
  'make-link': (storage) => storage.makeLink !== undefined,
  digest: (storage) => storage.digest !== undefined,
  space: (storage) => storage.space !== undefined,
} as const satisfies { readonly [ability: string]: (storage: Storage) => boolean };

/** Something that only some storages can. */
export type Ability = keyof typeof TESTS;

/** Whether a storage can do something. */
export function provides(storage: Storage, ability: Ability): boolean {
  return TESTS[ability](storage);
}
