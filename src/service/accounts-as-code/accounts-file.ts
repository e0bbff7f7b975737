import path from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import {
  FieldError,
  type GroupSettings,
  isAccountName,
  isGroupName,
  type OwnSettings,
  printable,
  readGroupSettings,
  readOwnSettings,
} from '../../core/index.ts';
import { hashRefusal } from '../../identity/index.ts';
import { ConfigurationError, offsetOf, type Problem } from '../configuration/index.ts';

/** Accounts and groups as a file wants them. */
export interface DesiredAccounts {
  readonly accounts: ReadonlyMap<string, DesiredAccount>;
  readonly groups: ReadonlyMap<string, GroupSettings>;
  /** Which of the two the file says all of. Of the other it says nothing, and nothing is removed. */
  readonly sections: ReadonlySet<Section>;
}

export type Section = 'accounts' | 'groups';
const SECTIONS: readonly Section[] = ['accounts', 'groups'];

interface DesiredAccount {
  readonly own: OwnSettings;
  readonly password: DesiredPassword;
}

type DesiredPassword =
  /** The file says nothing of it: an account keeps what it has, and a new one has none. */
  | { readonly from: 'nowhere' }
  | { readonly from: 'hash'; readonly hash: string }
  /** The absolute path of a file whose first line is the password. */
  | { readonly from: 'file'; readonly file: string };

type Path = readonly (string | number)[];

/** What of an account is no field of it. */
const PASSWORD_KEYS: readonly string[] = ['passwordHash', 'passwordFile'];

/**
 * Reads a file of accounts and groups, as `exportAccounts` writes it.
 * @param file its name, for messages; password files are looked for from its directory
 * @throws ConfigurationError with every mistake, its line and column
 */
export function parseAccountsFile(text: string, file: string): DesiredAccounts {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [];
  const told = new Set<string>();
  const refuse = (offset: number, key: string, message: string) => {
    const { line, col } = lines.linePos(offset);
    if (told.has(`${offset} ${message}`)) return;
    told.add(`${offset} ${message}`);
    const excerpt = printable(text.split(/\r?\n/)[line - 1] ?? '');
    problems.push({ origin: { from: 'file', file, line, column: col }, key: printable(key), message, excerpt });
  };
  for (const error of document.errors) refuse(error.pos[0], '', error.message);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const reader = new Reader(document, (where, message) =>
    refuse(offsetOf(document, where, 'key'), where.join('.'), message),
  );
  if (!isMap(document.contents)) refuse(0, '', 'expected accounts or groups, each as "name:" with what is in it below');
  for (const key of keysIn(document, [])) {
    if (!SECTIONS.some((section) => section === key)) reader.refuse([key], 'expected accounts or groups');
  }
  const groups = new Map(
    reader
      .names('groups', isGroupName)
      .map((name) => [name, reader.settings(['groups', name], readGroupSettings)] as const),
  );
  const directory = path.dirname(path.resolve(file));
  const accounts = new Map(
    reader
      .names('accounts', isAccountName)
      .map((name) => [name, reader.account(['accounts', name], directory)] as const),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  const sections = new Set(SECTIONS.filter((section) => isMap(document.getIn([section], true))));
  return { accounts, groups, sections };
}

class Reader {
  readonly refuse: (where: Path, message: string) => void;
  readonly #document: Document;

  constructor(document: Document, refuse: (where: Path, message: string) => void) {
    this.#document = document;
    this.refuse = refuse;
  }

  names(section: string, isName: (name: string) => boolean): readonly string[] {
    return keysIn(this.#document, [section], () =>
      this.refuse([section], 'expected names, each as "name:" with its settings below'),
    ).filter((name) => {
      if (isName(name)) return true;
      this.refuse([section, name], 'this can not be the name of an account or a group');
      return false;
    });
  }

  /** Key by key, so that each mistake is told. */
  settings<Settings extends OwnSettings>(where: Path, read: (json: unknown) => Settings): Settings {
    const keys = this.#keysOf(where).filter((key) => !PASSWORD_KEYS.includes(key) || where[0] === 'groups');
    const parts = keys.map((key) => {
      try {
        return read({ [key]: this.#json([...where, key]) });
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        this.refuse([...where, ...placeOf(error, key)], error.message);
        return undefined;
      }
    });
    return Object.assign({}, ...parts) as Settings;
  }

  account(where: Path, directory: string): DesiredAccount {
    const own = this.settings(where, readOwnSettings);
    const given = PASSWORD_KEYS.filter((key) => this.#keysOf(where).includes(key));
    const [key] = given;
    if (key === undefined) return { own, password: { from: 'nowhere' } };
    const value = this.#document.getIn([...where, key]);
    if (given.length > 1) this.refuse([...where, key], 'expected passwordHash or passwordFile, not both');
    if (typeof value !== 'string') {
      this.refuse([...where, key], 'expected text');
      return { own, password: { from: 'nowhere' } };
    }
    if (key === 'passwordFile') return { own, password: { from: 'file', file: path.resolve(directory, value) } };
    const refusal = value === '' ? undefined : hashRefusal(value);
    if (refusal !== undefined) this.refuse([...where, key], `this hash is not checked: ${refusal}`);
    return { own, password: { from: 'hash', hash: value } };
  }

  #keysOf(where: Path): readonly string[] {
    return keysIn(this.#document, where, () => this.refuse(where, 'expected settings, each as "key: value"'));
  }

  /** @throws FieldError for aliases that would become too much */
  #json(where: Path): unknown {
    const node = this.#document.getIn(where, true);
    try {
      return isNode(node) ? node.toJS(this.#document) : node;
    } catch (error) {
      if (error instanceof ReferenceError) throw new FieldError(error.message);
      throw error;
    }
  }
}

/** The keys of a map; none where nothing stands there. */
function keysIn(document: Document, where: Path, otherwise?: () => void): readonly string[] {
  const node = where.length === 0 ? document.contents : document.getIn(where, true);
  if (isMap(node)) return node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
  const isNothing = node === null || node === undefined || (isScalar(node) && node.value === null);
  if (!isNothing) otherwise?.();
  return [];
}

/** Where in the file an error is, below the account. */
function placeOf({ place }: FieldError, key: string): Path {
  const names = place.split(/[.[\]]+/).filter((name) => name !== '');
  return names.length === 0 ? [key] : names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}
