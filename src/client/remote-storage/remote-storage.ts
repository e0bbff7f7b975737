import type { Storage } from '../../core/index.ts';
import { canBundle } from '../bundle/bundles.ts';
import { abilitiesOf, type Client, poolOf } from '../client.ts';
import { digestOf, setAttributes, spaceAt } from './remote-attributes.ts';
import { makeEmptyDirectory, makeLink, removeEmptyDirectory, removeEntry, renameEntry } from './remote-changes.ts';
import { listEntries, partialEntry, statEntry } from './remote-entries.ts';
import { openRead } from './remote-file.ts';
import { readFile } from './remote-reading.ts';
import { listTree } from './remote-tree.ts';
import { openUpload } from './remote-writing.ts';

/**
 * The server's files as a Storage, `/` being its root. Optional methods are there as far as the server announces them.
 * It works with the client's connections: each upload, each stream that is read and each file that is open for reading keeps
 * one until it ends, so the client needs one more than there are of these at once.
 *
 * FTP has no command that makes a file only where there is none, or is one: `exclusive` and `existing` are kept to by
 * looking, at the beginning and before the end of the upload. Nor has it one that takes a command back: a change that fails
 * with `aborted` may have been made. It has none that writes here and there, nor one that copies, so that these two are
 * missing. A time that the server does not tell is 1970-01-01.
 */
export function asStorage(client: Client): Storage {
  const pool = poolOf(client);
  const { settable, randomReads, partial, digests, space, links } = abilitiesOf(client);
  return {
    links: 'uncontrolled',
    ...((['STOR', 'RETR'] as const).some((word) => canBundle(pool, word)) && {
      smallFileBytes: pool.settings.limits.bundledFileBytes,
    }),
    ...(canBundle(pool, 'MLSD') && { listTree: (path, options = {}) => listTree(pool, path, options) }),
    stat: (path, options) => statEntry(pool, path, options),
    list: (path, options) => listEntries(pool, path, options),
    read: (path, options = {}) => readFile(pool, path, options),
    write: (path, options = {}) => openUpload(pool, path, { ...options, tellsSpace: space }),
    rename: (from, to, options = {}) => renameEntry(pool, from, to, options),
    remove: (path, options = {}) => removeEntry(pool, path, options),
    makeDirectory: (path, options = {}) => makeEmptyDirectory(pool, path, options),
    removeDirectory: (path, options = {}) => removeEmptyDirectory(pool, path, options),
    ...(randomReads && { openRead: (path, options = {}) => openRead(pool, path, options) }),
    ...(partial && { partial: (path, options) => partialEntry(pool, path, options) }),
    ...(settable.length > 0 && {
      settable,
      setAttributes: (path, attributes, options = {}) => setAttributes(pool, settable, path, attributes, options),
    }),
    ...(links && { makeLink: (path, target, options = {}) => makeLink(pool, path, target, options) }),
    ...(digests.length > 0 && {
      digest: (path, algorithm, range = {}) => digestOf(pool, path, algorithm, range),
    }),
    ...(space && { space: (path, options) => spaceAt(pool, path, options) }),
  };
}
