import type { Storage } from '../../core/index.ts';
import { type Client, poolOf } from '../client.ts';
import { availableDigests } from '../files/attributes.ts';
import { canSetModeAsFact } from '../files/set-mode.ts';
import { digestOf, setCreatedTime, setModifiedTime, setPermissions, spaceAt } from './remote-attributes.ts';
import { makeEmptyDirectory, removeEmptyDirectory, removeEntry, renameEntry } from './remote-changes.ts';
import { listEntries, partialEntry, statEntry } from './remote-entries.ts';
import { readFile } from './remote-reading.ts';
import { openUpload } from './remote-writing.ts';

/**
 * The server's files as a Storage, `/` being its root. Optional methods are there as far as the server announces them.
 * It works with the client's connections: each upload and each stream that is read keeps one until it ends, so the client
 * needs one more than there are of these at once.
 *
 * FTP has no command that makes a file only where there is none: `exclusive` is kept to by looking, at the beginning and
 * before the end of the upload. A time that the server does not tell is 1970-01-01.
 */
export function asStorage(client: Client): Storage {
  const pool = poolOf(client);
  const { features } = client.server;
  return {
    stat: (path, signal) => statEntry(pool, path, signal),
    list: (path, signal) => listEntries(pool, path, signal),
    read: (path, options = {}) => readFile(pool, path, options),
    write: (path, options = {}) => openUpload(pool, features, path, options),
    rename: (from, to) => renameEntry(pool, from, to),
    remove: (path, options) => removeEntry(pool, path, options),
    makeDirectory: (path) => makeEmptyDirectory(pool, path),
    removeDirectory: (path) => removeEmptyDirectory(pool, path),
    ...(features.has('CSID') && { partial: (path) => partialEntry(pool, path) }),
    ...((features.has('MFMT') || features.has('MDTM')) && {
      setModified: (path, time) => setModifiedTime(pool, path, time),
    }),
    ...(features.has('MFCT') && { setCreated: (path, time) => setCreatedTime(pool, path, time) }),
    ...(canSetModeAsFact(features) && { setMode: (path, mode) => setPermissions(pool, path, mode) }),
    ...(availableDigests(features).length > 0 && {
      digest: (path, algorithm, range = {}) => digestOf(pool, path, algorithm, range),
    }),
    ...(features.has('AVBL') && { space: (path) => spaceAt(pool, path) }),
  };
}
