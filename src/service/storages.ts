import type { Limits, Publish } from '../core/index.ts';
import { type LocalStorage, localStorage } from '../storage/index.ts';
import type { Configuration, ConfiguredStorage } from './configuration/index.ts';
import { makeDirectory } from './data-directory.ts';
import { removeFreeLock } from './removable-lock.ts';
import { Resources } from './resources.ts';
import { lockRoot, type RootLockOptions } from './root-lock.ts';
import type { SharedStorageOptions } from './storage-options.ts';
import { Sweeper } from './sweep.ts';

/** What opens a storage of each kind. A new kind is one row here, and its settings in `configuration/storage-fields.ts`. */
const OPEN: {
  readonly [Kind in ConfiguredStorage['kind']]: (
    of: ConfiguredStorage,
    shared: SharedStorageOptions,
  ) => Promise<LocalStorage>;
} = {
  local: ({ path }, shared) => localStorage({ ...shared, root: path, removeFreeLock }),
};

interface StoragesParts {
  readonly shared: SharedStorageOptions;
  readonly lock: RootLockOptions;
  readonly limits: Pick<Limits, 'partialKeepMs'>;
  readonly log: Publish;
  /** Hears that interrupted uploads are there again, which count as files. */
  readonly onGivenBack: () => void;
}

/** The storages of a service, as one of its processes has them open. */
export interface NamedStorages {
  /** By the names of the configuration. */
  readonly byName: ReadonlyMap<string, LocalStorage>;
  /** That of the accounts' homes. */
  readonly default: LocalStorage;
}

/** The storages of a service, each held against other servers and freed of what ended processes left. */
export interface OpenStorages extends NamedStorages, AsyncDisposable {
  /** Removes what uploads left: of the process with this mark, or of services before this one. */
  sweep(endedProcess?: string): void;
}

/** Makes the directories of storages that are missing. Gives those that it has made. @throws StartError */
export function makeStorageDirectories({ storages }: Configuration): readonly string[] {
  return Object.values(storages)
    .map(({ path }) => path)
    .filter((path) => makeDirectory(path, 0o750));
}

/** Opens all storages that the configuration names, or none. @throws StartError, StorageError */
export async function openStorages({ storages }: Configuration, parts: StoragesParts): Promise<OpenStorages> {
  const resources = new Resources();
  const sweepers = new Set<Sweeper>();
  async function open(configured: ConfiguredStorage): Promise<LocalStorage> {
    const { abandoned } = resources.hold(await lockRoot(configured.path, parts.lock));
    const storage = resources.hold(await OPEN[configured.kind](configured, parts.shared));
    sweepers.add(resources.hold(new Sweeper({ ...parts, storage, abandoned })));
    return storage;
  }
  try {
    return {
      ...(await openEach(storages, open)),
      sweep(endedProcess) {
        for (const sweeper of sweepers) sweeper.begin(endedProcess);
      },
      [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
    };
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Opens the same storages in a further process of a service, whose first one holds them and removes what is left in them.
 * They are open until the process ends. @throws StorageError
 */
export function openInWorker({ storages }: Configuration, shared: SharedStorageOptions): Promise<NamedStorages> {
  return openEach(storages, (configured) => OPEN[configured.kind](configured, shared));
}

async function openEach(
  storages: Configuration['storages'],
  open: (configured: ConfiguredStorage) => Promise<LocalStorage>,
): Promise<NamedStorages> {
  const home = await open(storages.default);
  const byName = new Map([['default', home]]);
  for (const [name, configured] of Object.entries(storages)) {
    if (name !== 'default') byName.set(name, await open(configured));
  }
  return { byName, default: home };
}
