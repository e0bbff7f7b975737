import type { WritableFile } from '../core/index.ts';

/** The same file, some of whose calls are others. */
export function withCalls(file: WritableFile, calls: Partial<WritableFile>): WritableFile {
  return {
    stat: () => file.stat(),
    read: (into, position) => file.read(into, position),
    write: (bytes, position) => file.write(bytes, position),
    truncate: (size) => file.truncate(size),
    flush: () => file.flush(),
    replaces: () => file.replaces(),
    commit: () => file.commit(),
    suspend: () => file.suspend(),
    discard: () => file.discard(),
    ...calls,
  };
}
