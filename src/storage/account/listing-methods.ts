import type { Storage, VirtualPath } from '../../core/index.ts';

type ListingMethod = 'list' | 'listBatches' | 'listNames';

/** The ways in which `storage` lists, for a wrapper to have too; `inside` gives the path that is listed there. */
export function listingMethods(
  storage: Storage,
  inside: (path: VirtualPath) => VirtualPath,
): Pick<Storage, ListingMethod> {
  const listBatches = storage.listBatches?.bind(storage);
  const listNames = storage.listNames?.bind(storage);
  return {
    list: (path, signal) => storage.list(inside(path), signal),
    ...(listBatches && { listBatches: (path, signal) => listBatches(inside(path), signal) }),
    ...(listNames && { listNames: (path, signal) => listNames(inside(path), signal) }),
  };
}
