import path from 'node:path';
import { z } from 'zod';
import { isStorageName } from '../../core/index.ts';
import { filePath, listOf, oneOf, section, text } from './fields.ts';
import { retainField, trashField } from './keeping-fields.ts';
import { type ConfiguredRemoteStorage, remoteFields, remoteMistake, remoteSettingOf } from './remote-fields.ts';
import { type ConfiguredS3Storage, s3Field, s3Mistake } from './s3-fields.ts';
import { type SecretSource, secretField } from './secret-field.ts';

const NAMED = 'names of lower-case letters, digits and "-", each with its "kind"';

/** The kinds of storage; what opens each stands in `service/storages.ts`. */
const KINDS = ['local', 'encrypted', 'remote', 's3'] as const;

const KEY = 'a key: one of file, environment, command';

const keyField = secretField(KEY, 'Where a key of 32 bytes is, as 64 hexadecimal digits or in base64');

const storageField = section({
  kind: oneOf(
    KINDS,
    'Where the files are: local, a directory of this machine; encrypted, in another storage; remote, on another server; s3, in a bucket',
  ),
  path: filePath('Of a local one: directory of the files').optional(),
  trash: trashField,
  retain: retainField,
  over: text('Of an encrypted one: name of the local storage that holds the encrypted files').optional(),
  keys: listOf(keyField, 'keys', 'Of an encrypted one: the first key is for new files, the others open older ones'),
  namesKey: keyField.describe('Of an encrypted one: encrypts the names too; it can not be changed later').optional(),
  ...remoteFields,
  s3: s3Field.describe('Of an S3 one: where the bucket is').optional(),
});

type GivenStorage = z.output<typeof storageField>;

/** Where a key is. */
export type KeySource = SecretSource;

/** A directory of this machine. */
export interface ConfiguredLocalStorage {
  readonly kind: 'local';
  readonly path: string;
  readonly trash?: z.output<typeof trashField>;
  readonly retain?: z.output<typeof retainField>;
}

/** Files that lie encrypted in another storage. */
export interface ConfiguredEncryptedStorage {
  readonly kind: 'encrypted';
  /** The name of a local storage. */
  readonly over: string;
  readonly keys: readonly KeySource[];
  readonly namesKey?: KeySource | undefined;
}

export type ConfiguredStorage =
  | ConfiguredLocalStorage
  | ConfiguredEncryptedStorage
  | ConfiguredRemoteStorage
  | ConfiguredS3Storage;

/** Storages by name. */
export function storagesField(summary: string) {
  return z
    .record(z.string(), storageField, NAMED)
    .refine((storages) => Object.keys(storages).every(isStorageName), NAMED)
    .default({})
    .describe(summary);
}

export type Storages = Readonly<Record<string, ConfiguredStorage>> & { readonly default: ConfiguredStorage };

interface GivenStorages {
  readonly root?: string | undefined;
  readonly storages: Readonly<Record<string, GivenStorage>>;
}

/**
 * The storages, with the one that holds the homes: `storages.default`, or what `root` says, or `files` in the data directory.
 * Those that `storageMistakes` tells of are left out.
 */
export function storagesOf({ root, storages }: GivenStorages, dataDir: string): Storages {
  const home: ConfiguredStorage = { kind: 'local', path: root ?? path.join(dataDir, 'files') };
  const whole = Object.entries(storages).flatMap(([name, given]) => {
    const storage = wholeStorage(given);
    return storage ? [[name, storage] as const] : [];
  });
  const named: Readonly<Record<string, ConfiguredStorage>> = Object.fromEntries(whole);
  return { ...named, default: named['default'] ?? home };
}

type Mistake = readonly [where: readonly string[], message: string];

/** What is wrong with a storage for its kind, with the key that it is wrong at. */
export function storageMistakes({ storages }: GivenStorages): readonly Mistake[] {
  return Object.entries(storages).flatMap(([name, given]) => {
    const at = (key: string, message: string): Mistake[] => [[['storages', name, key], message]];
    const { kind, path: directory, trash, retain, over, keys, namesKey, s3 } = given;
    if (kind === 's3') return s3Mistake(name, given).flatMap(([key, message]) => at(key, message));
    if (s3) return at('s3', 'means nothing for this storage: take it away, or say kind: s3');
    if (kind === 'remote') return remoteMistakes(name, given).flatMap(([key, message]) => at(key, message));
    const ofRemote = remoteSettingOf(given);
    if (ofRemote) return at(ofRemote, `means nothing for ${kind === 'local' ? 'a local' : 'an encrypted'} storage`);
    if (kind === 'local') {
      if (directory === undefined) return at('path', 'expected the directory of the files');
      const foreign = over !== undefined ? 'over' : keys.length > 0 ? 'keys' : namesKey && 'namesKey';
      return foreign ? at(foreign, 'means nothing for a local storage: take it away, or say kind: encrypted') : [];
    }
    if (retain.length > 0) return at('retain', 'belongs to the local storage that is named in over');
    if (trash) return at('trash', 'belongs to the local storage that is named in over');
    if (directory !== undefined) return at('path', 'means nothing for an encrypted storage: name a local one in over');
    if (keys.length === 0) return at('keys', 'expected one key at the least');
    if (namesKey && (storages[over ?? '']?.retain.length ?? 0) > 0) {
      return at('over', 'names directories to retain, and here names are encrypted: hold them by lockport hold');
    }
    const isOverHomes = over === 'default' && storages[over] === undefined;
    if (!isOverHomes && storages[over ?? '']?.kind !== 'local') {
      return at('over', 'expected the name of a local storage');
    }
    return [];
  });
}

function remoteMistakes(name: string, given: GivenStorage): readonly (readonly [key: string, message: string])[] {
  if (name === 'default') return [['kind', 'can not be that of the homes: mount a remote storage below them']];
  const foreign = (['path', 'over', 'keys', 'namesKey', 'trash', 'retain'] as const).find((key) => {
    const value = given[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (foreign) return [[foreign, 'means nothing for a remote storage: its place is the URL']];
  const mistake = remoteMistake(given);
  return mistake ? [mistake] : [];
}

/** The directory of a local storage, or of the one that holds the files of an encrypted one. */
export function directoryOf(storages: Readonly<Record<string, ConfiguredStorage>>, name: string): string | undefined {
  const storage = storages[name];
  if (storage?.kind === 'encrypted') return directoryOf(storages, storage.over);
  return storage?.kind === 'local' ? storage.path : undefined;
}

/** The local storages by name. */
export function localOnes(
  storages: Readonly<Record<string, ConfiguredStorage>>,
): readonly [string, ConfiguredLocalStorage][] {
  return Object.entries(storages).flatMap(([name, storage]): [string, ConfiguredLocalStorage][] =>
    storage.kind === 'local' ? [[name, storage]] : [],
  );
}

function wholeStorage(given: GivenStorage): ConfiguredStorage | undefined {
  const { kind, path: directory, trash, retain, over, keys, namesKey, url, s3, ...remote } = given;
  if (kind === 'remote') return url === undefined ? undefined : { ...remote, kind, url };
  if (kind === 's3') return s3 && { kind, s3 };
  if (kind === 'local')
    return directory === undefined
      ? undefined
      : { kind, path: directory, ...(retain.length > 0 && { retain }), ...(trash && { trash }) };
  return over === undefined ? undefined : { kind, over, keys, ...(namesKey && { namesKey }) };
}
