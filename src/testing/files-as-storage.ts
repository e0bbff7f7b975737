import type { Attributes, Files, Storage } from '../core/index.ts';

/** The files of an account as a storage, so that they can be held to its contract. */
export function filesAsStorage(files: Files): Storage {
  const settable = (['modified', 'created', 'mode'] as const satisfies readonly (keyof Attributes)[]).filter(
    (attribute) => files.can(`set-${attribute}`),
  );
  return {
    links: files.can('make-link') ? 'confined' : 'none',
    stat: (path, options) => files.stat(path, options),
    list: (path, options) => files.list(path, options),
    read: (path, options) => files.read(path, options),
    write: (path, options) => files.write(path, options),
    rename: (from, to, options) => files.rename(from, to, options),
    remove: (path, options) => files.remove(path, options),
    makeDirectory: (path, options) => files.makeDirectory(path, options),
    removeDirectory: (path, options) => files.removeDirectory(path, options),
    ...(settable.length > 0 && {
      settable,
      setAttributes: (path, attributes, options) => files.setAttributes(path, attributes, options),
    }),
    ...(files.can('open-read') && { openRead: (path, options) => files.openRead(path, options) }),
    ...(files.can('open-write') && { openWrite: (path, options) => files.openWrite(path, options) }),
    ...(files.can('copy') && { copy: (from, to, options) => files.copy(from, to, options) }),
    ...(files.can('keep-partial') && { partial: (path, options) => files.partial(path, options) }),
    ...(files.can('make-link') && { makeLink: (path, target, options) => files.makeLink(path, target, options) }),
    ...(files.can('digest') && { digest: (path, algorithm, range) => files.digest(path, algorithm, range) }),
    ...(files.can('space') && { space: (path, options) => files.space(path, options) }),
  };
}
