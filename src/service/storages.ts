import { type Limits, type Publish, type Storage, StorageError } from '../core/index.ts';
import type { RenameAcross } from '../files/index.ts';
import { encryptedStorage, type LocalStorage, localStorage, type S3Storage } from '../storage/index.ts';
import {
  type Configuration,
  type ConfiguredEncryptedStorage,
  type ConfiguredLocalStorage,
  localOnes,
} from './configuration/index.ts';
import { makeDirectory } from './data-directory.ts';
import { openRemote, type RemoteStorage } from './remote-storages.ts';
import { removeFreeLock } from './removable-lock.ts';
import { Resources } from './resources.ts';
import { lockRoot, type RootLockOptions } from './root-lock.ts';
import { openS3, S3Sweeper } from './s3.ts';
import { StartError } from './start-error.ts';
import type { StorageKeys } from './storage-keys.ts';
import type { SharedStorageOptions } from './storage-options.ts';
import { Sweeper } from './sweep.ts';
import { TrashSweeper } from './trash/trash-sweeper.ts';

const DAY_MS = 86_400_000;

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
  readonly byName: ReadonlyMap<string, Storage>;
  /** Those that are directories of this machine; others lie in them. */
  readonly locals: ReadonlyMap<string, LocalStorage>;
  /** Those that are on other servers: whoever lets them begin has to dispose them. */
  readonly remotes: readonly RemoteStorage[];
  /** What `files.renameAcross` says. */
  readonly renameAcross: RenameAcross;
  /** That of the accounts' homes. */
  readonly default: Storage;
}

/** The storages of a service, each held against other servers and freed of what ended processes left. */
export interface OpenStorages extends NamedStorages, AsyncDisposable {
  /** Removes what uploads left: of the process with this mark, or of services before this one. */
  sweep(endedProcess?: string): void;
}

/** Makes the directories of storages that are missing. Gives those that it has made. @throws StartError */
export function makeStorageDirectories({ storages }: Configuration): readonly string[] {
  return localOnes(storages)
    .map(([, { path }]) => path)
    .filter((path) => makeDirectory(path, 0o750));
}

/** Opens all storages that the configuration names, or none. @throws StartError, StorageError */
export async function openStorages(configuration: Configuration, parts: StoragesParts): Promise<OpenStorages> {
  const resources = new Resources();
  const sweepers = new Set<Sweeper>();
  const trashSweepers = new Set<TrashSweeper>();
  async function open(name: string, configured: ConfiguredLocalStorage): Promise<LocalStorage> {
    const { abandoned } = resources.hold(await lockRoot(configured.path, parts.lock));
    const storage = resources.hold(await openLocal(configured, parts.shared));
    sweepers.add(resources.hold(new Sweeper({ ...parts, storage, abandoned })));
    if (configured.trash) {
      const { keepDays } = configured.trash;
      trashSweepers.add(resources.hold(new TrashSweeper({ name, storage, keepDays, log: parts.log })));
    }
    return storage;
  }
  try {
    const opened = await openEach(configuration, parts.shared, open, parts.log, (storage) => {
      resources.hold(storage);
      resources.hold(new S3Sweeper(storage, parts));
    });
    for (const remote of opened.remotes) resources.hold(remote).begin();
    return {
      ...opened,
      sweep(endedProcess) {
        for (const sweeper of sweepers) sweeper.begin(endedProcess);
        for (const sweeper of trashSweepers) sweeper.begin();
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
export function openInWorker(
  configuration: Configuration,
  shared: SharedStorageOptions,
  log: Publish,
): Promise<NamedStorages> {
  return openEach(configuration, shared, (_, configured) => openLocal(configured, shared), log);
}

/** Decrypts what lies in `over`. @throws StorageError for keys of another length */
export function openEncrypted(over: Storage, { keys, namesKey }: StorageKeys): Storage {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return encryptedStorage(over, { keys: keys.map(bytes), ...(namesKey && { namesKey: bytes(namesKey) }) });
}

function openLocal(
  { path, trash, retain = [] }: ConfiguredLocalStorage,
  { local }: SharedStorageOptions,
): Promise<LocalStorage> {
  const { maxBytes } = trash ?? {};
  return localStorage({
    ...local,
    root: path,
    removeFreeLock,
    retained: retain.map(({ path: retained, days }) => ({ path: retained, keepMs: days * DAY_MS })),
    ...(trash && { trash: maxBytes === undefined ? {} : { maxBytes } }),
  });
}

/** First the directories of this machine, then what lies in them, and what is elsewhere. */
async function openEach(
  { storages, files: { renameAcross } }: Configuration,
  shared: SharedStorageOptions,
  open: (name: string, configured: ConfiguredLocalStorage) => Promise<LocalStorage>,
  log: Publish,
  onS3: (storage: S3Storage) => void = () => undefined,
): Promise<NamedStorages> {
  const locals = new Map<string, LocalStorage>();
  for (const [name, configured] of localOnes(storages)) locals.set(name, await open(name, configured));
  const byName = new Map<string, Storage>();
  const remotes: RemoteStorage[] = [];
  for (const [name, configured] of Object.entries(Object.assign({ default: storages.default }, storages))) {
    const local = locals.get(name);
    if (local) byName.set(name, local);
    else if (configured.kind === 'encrypted') byName.set(name, overLocal(name, configured, locals, shared));
    else if (configured.kind === 'remote') {
      const remote = await openRemote(name, configured, shared.remotes[name] ?? { authorities: [] }, log);
      remotes.push(remote);
      byName.set(name, remote.storage);
    } else if (configured.kind === 's3') {
      const bucket = await openS3(name, configured);
      onS3(bucket);
      byName.set(name, bucket);
    }
  }
  const home = byName.get('default');
  if (!home) throw new StorageError('not-found', 'There is no storage of the homes');
  return { byName, locals, remotes, renameAcross, default: home };
}

function overLocal(
  name: string,
  { over }: ConfiguredEncryptedStorage,
  locals: ReadonlyMap<string, Storage>,
  { keys: allKeys }: SharedStorageOptions,
): Storage {
  const [stored, keys] = [locals.get(over), allKeys[name]];
  if (stored && keys) return openEncrypted(stored, keys);
  throw new StartError(`The storage ${name} lies in ${over}, which is no local storage of this configuration`);
}
