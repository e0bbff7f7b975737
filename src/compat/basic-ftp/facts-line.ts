import { parseTimeReply } from '../../protocol/index.ts';
import { FileInfo, FileType } from './file-info.ts';
import { permissionsOf } from './unix-line.ts';

/** Whether this may be a line of MLSD: facts, a space, a name; or a space and a name. */
export function isFactsLine(line: string): boolean {
  return line.startsWith(' ') || /^[^\s=]+=\S*;/.test(line);
}

/**
 * A line of MLSD (RFC 3659 section 7.2): `type=file;size=1057;modify=20190419065730; name`. The directory itself and the
 * one above it are no entries.
 */
export function readFactsLine(line: string): FileInfo | undefined {
  const space = line.indexOf(' ');
  const name = line.slice(space + 1);
  if (space === -1 || name === '') return undefined;
  const file = new FileInfo(name);
  for (const fact of line.slice(0, space).split(';')) {
    const equals = fact.indexOf('=');
    const value = fact.slice(equals + 1);
    if (equals === -1 || value === '') continue;
    const key = fact.slice(0, equals).toLowerCase();
    if (key === 'type' && /^[cp]dir$/i.test(value)) return undefined;
    FACTS.get(key)?.(file, value);
  }
  return file;
}

/**
 * A link that names no target may share its unique value with an entry that is it (RFC 3659 erratum 1500). That entry's
 * name may be a path, which is none of this directory.
 */
export function resolveLinks(files: readonly FileInfo[]): FileInfo[] {
  const targets = new Map(files.filter((file) => !file.isSymbolicLink).map((file) => [file.uniqueID, file.name]));
  for (const file of files) {
    if (!file.isSymbolicLink || file.uniqueID === undefined || file.link !== undefined) continue;
    const target = targets.get(file.uniqueID);
    if (target !== undefined) file.link = target;
  }
  return files.filter(({ name }) => !name.includes('/'));
}

type FactReader = (file: FileInfo, value: string) => void;

const readSize: FactReader = (file, value) => {
  file.size = Number.parseInt(value, 10);
};
/** A number, which a name goes before, in whatever order they come. */
const readUserNumber: FactReader = (file, value) => {
  file.user ??= value;
};
const readGroupNumber: FactReader = (file, value) => {
  file.group ??= value;
};

const FACTS: ReadonlyMap<string, FactReader> = new Map<string, FactReader>([
  ['type', readType],
  ['size', readSize],
  ['sizd', readSize],
  ['modify', readModified],
  ['unix.mode', readMode],
  ['unix.owner', readUserNumber],
  ['unix.uid', readUserNumber],
  ['unix.group', readGroupNumber],
  ['unix.gid', readGroupNumber],
  [
    'unique',
    (file, value) => {
      file.uniqueID = value;
    },
  ],
  [
    'unix.ownername',
    (file, value) => {
      file.user = value;
    },
  ],
  [
    'unix.groupname',
    (file, value) => {
      file.group = value;
    },
  ],
]);

function readType(file: FileInfo, value: string): void {
  const colon = value.indexOf(':');
  const word = (colon === -1 ? value : value.slice(0, colon)).toLowerCase();
  file.type = TYPES.get(word) ?? FileType.Unknown;
  if (word === 'os.unix=slink' && colon !== -1) file.link = value.slice(colon + 1);
}

const TYPES: ReadonlyMap<string, FileType> = new Map<string, FileType>([
  ['file', FileType.File],
  ['dir', FileType.Directory],
  ['os.unix=slink', FileType.SymbolicLink],
  ['os.unix=symlink', FileType.SymbolicLink],
]);

/** A time in UTC. What is no time is left out. */
function readModified(file: FileInfo, value: string): void {
  const modified = parseTimeReply({ code: 213, lines: [value] });
  if (!modified) return;
  file.modifiedAt = modified;
  file.rawModifiedAt = modified.toISOString();
}

/** Three digits, in octal; one of sticky and the like may stand before them. */
function readMode(file: FileInfo, value: string): void {
  if (/^[0-7]{3,7}$/.test(value)) file.permissions = permissionsOf(Number.parseInt(value, 8));
}
