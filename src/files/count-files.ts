import { joinPath, ROOT, type Storage, type Usage } from '../core/index.ts';
import { NOTHING, sum, usageOf } from './usage.ts';

/** What lies in a storage: by its own count where it has one. */
export async function countFiles(storage: Storage): Promise<Usage> {
  if (storage.usage !== undefined) return storage.usage(ROOT);
  let used = NOTHING;
  const pending = [ROOT];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for await (const entries of storage.list(path)) {
      for (const entry of entries) {
        if (entry.kind === 'directory') pending.push(joinPath(path, entry.name));
        used = sum(used, usageOf(entry));
      }
    }
  }
  return used;
}
