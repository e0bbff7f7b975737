import type { Storage, VirtualPath } from '../core/index.ts';

const PATH_METHODS = [
  'openRead',
  'openWrite',
  'partial',
  'setAttributes',
  'makeLink',
  'digest',
  'space',
  'usage',
] as const satisfies readonly (keyof Storage)[];

/** The optional methods of a storage that act on one path, their first argument. */
export type PathMethod = (typeof PATH_METHODS)[number];

/**
 * Those optional methods that `storage` has, for a wrapper to have too. `admit` gives the path that each is called with
 * there, or throws.
 */
export function pathMethods(
  storage: Storage,
  admit: (path: VirtualPath, method: PathMethod) => VirtualPath | Promise<VirtualPath>,
): Pick<Storage, PathMethod | 'settable'> {
  const methods: Partial<Record<PathMethod, unknown>> = {};
  for (const name of PATH_METHODS) {
    const method = storage[name] as ((path: VirtualPath, ...rest: unknown[]) => Promise<unknown>) | undefined;
    if (method === undefined) continue;
    methods[name] = async (path: VirtualPath, ...rest: unknown[]) =>
      method.call(storage, await admit(path, name), ...rest);
  }
  return { ...(storage.settable && { settable: storage.settable }), ...(methods as Pick<Storage, PathMethod>) };
}
