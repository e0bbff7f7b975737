import { encodeText } from '../../core/index.ts';
import { type ListedEntry, ListingReader } from '../../protocol/index.ts';
import { readDosLine } from './dos-line.ts';
import { isFactsLine, readFactsLine, resolveLinks } from './facts-line.ts';
import { FileInfo, FileType } from './file-info.ts';
import { limits } from './limits.ts';
import { permissionsOf, readUnixLine } from './unix-line.ts';

const { maxListingLineBytes } = limits;

/**
 * The entries of a listing, in whatever form the server writes it: that of the last line counts for all. Lines that are
 * none of that form are left out. Work is linear.
 * @throws Error for a form that is not known
 */
export function parseList(rawList: string): FileInfo[] {
  const lines = rawList
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '' && line.length <= maxListingLineBytes && !line.startsWith('total'));
  const last = lines.at(-1);
  if (last === undefined) return [];
  if (readDosLine(last)) return named(lines.map(readDosLine));
  if (readUnixLine(last)) return named(lines.map(readUnixLine));
  if (isFactsLine(last)) return resolveLinks(named(lines.map(readFactsLine)));
  return readOther(rawList);
}

function named(files: readonly (FileInfo | undefined)[]): FileInfo[] {
  return files.filter((file) => file !== undefined && file.name !== '.' && file.name !== '..') as FileInfo[];
}

/** The dialects of older systems. */
function readOther(rawList: string): FileInfo[] {
  const reader = new ListingReader({
    format: 'lines',
    decode: (bytes) => Buffer.from(bytes).toString('utf8'),
    maxLineBytes: maxListingLineBytes,
    now: new Date(),
  });
  const entries = [...reader.push(encodeText(rawList)), ...reader.end()];
  if (reader.dialect !== undefined) return entries.map(toFileInfo);
  throw new Error(
    'This form of directory listing is not known. Set client.ftp.verbose to see it, and client.parseList to read it.',
  );
}

function toFileInfo({ name, kind, size, modified, mode, owner, group, unique, target }: ListedEntry): FileInfo {
  const file = new FileInfo(name);
  file.type = TYPES[kind];
  file.size = size ?? 0;
  file.rawModifiedAt = modified?.toISOString() ?? '';
  if (mode !== undefined) file.permissions = permissionsOf(mode);
  if (owner !== undefined) file.user = owner;
  if (group !== undefined) file.group = group;
  if (unique !== undefined) file.uniqueID = unique;
  if (target !== undefined) file.link = target;
  return file;
}

const TYPES: { readonly [kind in ListedEntry['kind']]: FileType } = {
  file: FileType.File,
  directory: FileType.Directory,
  link: FileType.SymbolicLink,
  other: FileType.Unknown,
};
