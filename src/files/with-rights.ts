import {
  coveringRule,
  type DecidingRule,
  decideAlike,
  type Entry,
  isWithin,
  joinPath,
  notFound,
  type OpenWriteOptions,
  type RenameOptions,
  RIGHTS,
  type Right,
  type RightsRule,
  ROOT,
  rightsOf,
  type Storage,
  StorageError,
  type TargetOptions,
  type VirtualPath,
  type WritableFile,
} from '../core/index.ts';
import { type PathMethod, pathMethods } from './path-methods.ts';
import { publishedAt } from './published.ts';
import { withCalls } from './writable-files.ts';

/** What each optional method needs; `undefined`: whoever may see the path may use it. */
const NEEDED: Readonly<Record<PathMethod, Right | undefined>> = {
  openRead: 'download',
  // Which one depends on what stands there.
  openWrite: undefined,
  partial: undefined,
  space: undefined,
  usage: undefined,
  digest: 'download',
  makeLink: 'upload',
  setAttributes: 'times',
};

/**
 * A storage that enforces an account's rights, below every front-end. A path where no right is held does not exist for
 * it (`not-found`, and left out of listings), but directories that lead to a right can be seen; what may be seen and
 * not done is `denied`.
 *
 * Rules go by path. Where they differ from path to path the storage must not follow links, which would lead around
 * them: `confined` with `followLinks: false` gives such a one.
 */
export function withRights(storage: Storage, rules: readonly RightsRule[]): Storage {
  const allows = rightsOf(rules);
  const ruleAt = coveringRule(rules);
  const open = storage.openWrite?.bind(storage);
  const copy = storage.copy?.bind(storage);

  function isVisible(path: VirtualPath): boolean {
    const isOnTheWay = (rule: RightsRule): boolean => rule.rights.length > 0 && isWithin(path, rule.path);
    return RIGHTS.some((right) => allows(right, path)) || rules.some(isOnTheWay);
  }

  /** Tells by its name whether an entry of a directory that may be listed is visible. */
  function shownIn(directory: VirtualPath): (name: string) => boolean {
    return decideAlike(rules, directory) ? () => true : (name) => isVisible(joinPath(directory, name));
  }

  function decidedAt(path: VirtualPath, right?: Right): DecidingRule {
    const rule = ruleAt(path);
    return { kind: 'right', path, ...(right && { right }), ...(rule && { rule }) };
  }

  function see(path: VirtualPath): void {
    if (!isVisible(path)) throw notFound({ rule: decidedAt(path) });
  }

  function demand(right: Right, path: VirtualPath): void {
    if (allows(right, path)) return;
    see(path);
    throw new StorageError('denied', `The account has no right here: ${right}`, { rule: decidedAt(path, right) });
  }

  /**
   * New files need `upload`; that includes going on with an interrupted upload. What is published needs `append` for
   * `at: 'end'` and `overwrite` for all else: a restart position may lie before the end.
   */
  async function admitted<Options extends TargetOptions>(
    path: VirtualPath,
    options: Options,
    isAppended = false,
  ): Promise<Options> {
    // Whoever may do either need not know which it is: each look at a storage costs a part of a small upload.
    if (allows('upload', path) && allows('overwrite', path) && (!isAppended || allows('append', path))) return options;
    see(path);
    const isPublished = (await publishedAt(storage, path, options)) !== undefined;
    if (isPublished && !options.exclusive) {
      demand(isAppended ? 'append' : 'overwrite', path);
      // A file that is taken away meanwhile must not come back by someone who may make none.
      return { ...options, existing: options.existing === true || !allows('upload', path) };
    }
    demand('upload', path);
    // Whoever publishes the file meanwhile must not lose it to someone who may not overwrite.
    return { ...options, exclusive: options.exclusive === true || !allows('overwrite', path) };
  }

  /** What a file was before, and what others have put there, is not read by someone who may not download. */
  async function openWrite(
    open: NonNullable<Storage['openWrite']>,
    path: VirtualPath,
    options: OpenWriteOptions = {},
  ): Promise<WritableFile> {
    const file = await open(path, await admitted(path, options));
    if (allows('download', path)) return file;
    const read = async (): Promise<number> => {
      throw new StorageError('denied', 'The account has no right here: download');
    };
    return withCalls(file, { read });
  }

  async function rename(from: VirtualPath, to: VirtualPath, how?: RenameOptions): Promise<Entry | undefined> {
    demand('rename', from);
    demand('rename', to);
    const mayReplace = from === to || allows('overwrite', to);
    if (!mayReplace && (await publishedAt(storage, to, how)) !== undefined) demand('overwrite', to);
    // A rule would stay behind, or, below the new path, come over what was made under another one.
    const rule = rules.find(
      ({ path }) => path !== ROOT && (isWithin(from, path) || (path !== to && isWithin(to, path))),
    );
    if (rule) throw new StorageError('denied', 'Rights are tied to this path', { rule: decidedAt(rule.path) });
    // Nor may it replace what comes there behind that look.
    return storage.rename(from, to, mayReplace ? how : { ...how, exclusive: true });
  }

  return {
    ...pathMethods(storage, (path, method) => {
      const right = NEEDED[method];
      if (right === undefined) see(path);
      else demand(right, path);
      return path;
    }),
    ...(open && { openWrite: (path, options) => openWrite(open, path, options) }),
    ...(copy && {
      async copy(from, to, options = {}) {
        demand('download', from);
        if (options.keepModified) demand('times', to);
        return copy(from, to, await admitted(to, options));
      },
    }),
    links: storage.links,
    async stat(path, how) {
      see(path);
      return storage.stat(path, how);
    },
    async *list(path, how) {
      demand('list', path);
      const isShown = shownIn(path);
      for await (const entries of storage.list(path, how)) yield entries.filter(({ name }) => isShown(name));
    },
    async read(path, range) {
      demand('download', path);
      return storage.read(path, range);
    },
    async write(path, { modified, ...options } = {}) {
      const admittedOptions = await admitted(path, options, options.at === 'end');
      return storage.write(path, { ...admittedOptions, ...(modified && allows('times', path) && { modified }) });
    },
    rename,
    async remove(path, how) {
      demand('delete', path);
      return storage.remove(path, how);
    },
    async makeDirectory(path, how) {
      demand('make-directory', path);
      return storage.makeDirectory(path, how);
    },
    async removeDirectory(path, how) {
      demand('delete', path);
      return storage.removeDirectory(path, how);
    },
  };
}
