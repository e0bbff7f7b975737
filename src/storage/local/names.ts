import { hash, randomBytes, randomUUID } from 'node:crypto';
import { encodeText, StorageError } from '../../core/index.ts';

/** Names that begin so are ours: never listed, and refused when a client gives one. */
const RESERVED = '.lockport-';
const TEMPORARY = '.tmp';
const PARTIAL = '.partial';
/** The file by which a server locks its root directory. A journal whose name begins with it may lie beside it. */
export const LOCK_NAME = `${RESERVED}lock`;
const MARK_BYTES = 6;
const JOIN = '.join';
/** A Lockport that was installed before may run on the same files, and looks for this ending. */
const FILE_LOCK = '.turn';
const KEPT = '.kept';
/** The directory, in the root of a storage, of what is kept of files that were removed or replaced. */
export const TRASH_NAME = `${RESERVED}trash`;
/** The file, in the root of a storage, of its legal holds. */
export const HOLDS_NAME = `${RESERVED}holds`;
/** The file, in the root of a storage, whose time is the latest that was seen. */
export const CLOCK_NAME = `${RESERVED}clock`;

/** Upper-case too: some file systems do not tell the cases apart. */
export function isReserved(name: string): boolean {
  // Most names show by their first character that they are none.
  return name.startsWith('.') && name.slice(0, RESERVED.length).toLowerCase() === RESERVED;
}

/** Whether a listing shows it: not what is ours, nor what no path can hold and so no command could name. */
export function isListed(name: string): boolean {
  return !isReserved(name) && !/[\r\n]/.test(name);
}

export function isTemporary(name: string): boolean {
  return isReserved(name) && name.endsWith(TEMPORARY);
}

export function isPartial(name: string): boolean {
  return isReserved(name) && name.endsWith(PARTIAL);
}

/** Stands in the names of this process's temporary files: whoever sees it end knows what it left. */
export const PROCESS_MARK = randomBytes(MARK_BYTES).toString('hex');

export function isJoin(name: string): boolean {
  return isReserved(name) && name.endsWith(JOIN);
}

/** An interrupted upload that an upload under way has taken over. */
export interface PartialClaim {
  /** The name under which it was kept. */
  readonly partial: string;
  /** How much of it is to be given back. */
  readonly bytes: number;
}

/**
 * A name that nobody can guess, for an upload that is under way. It says what the upload has claimed: whoever finds it
 * after a crash can give that back.
 */
export function temporaryName(claim?: PartialClaim): string {
  const claimed = claim === undefined ? '' : `.${claim.partial.slice(RESERVED.length, -PARTIAL.length)}.${claim.bytes}`;
  return `${RESERVED}${PROCESS_MARK}${unguessable()}${claimed}${TEMPORARY}`;
}

/** 32 hexadecimal digits, 122 bits of them by chance. Node draws those of many UUIDs at once. */
export function unguessable(): string {
  return randomUUID().replaceAll('-', '');
}

/** What the upload of this temporary name has claimed; undefined where it began with nothing. */
export function claimOf(name: string): PartialClaim | undefined {
  const [, digest, bytes] = (isTemporary(name) && /\.([0-9a-f]{32})\.(\d{1,16})\.tmp$/.exec(name)) || [];
  return digest === undefined ? undefined : { partial: `${RESERVED}${digest}${PARTIAL}`, bytes: Number(bytes) };
}

/** Whether it is the name of a temporary file of the process with this mark. */
export function isMarked(name: string, mark: string): boolean {
  return isTemporary(name) && name.startsWith(mark, RESERVED.length);
}

/** A name for a file that is kept, which says since when: ms since 1970. */
export function keptName(since: number): string {
  return `${RESERVED}${since}-${unguessable()}${KEPT}`;
}

/** Since when the file of this name is kept; undefined for a name that is not of one. */
export function keptSince(name: string): number | undefined {
  const since = isReserved(name) ? /^(\d{1,15})-[0-9a-f]{32}\.kept$/.exec(name.slice(RESERVED.length))?.[1] : undefined;
  return since === undefined ? undefined : Number(since);
}

/** Whether it belongs to what a storage knows of holds and of the time. */
export function isProtectionFile(name: string): boolean {
  return name.startsWith(HOLDS_NAME) || name === CLOCK_NAME;
}

/** Whether it belongs to the lock of a root directory. */
export function isRootLock(name: string): boolean {
  return name.startsWith(LOCK_NAME);
}

/** Whether it belongs to the lock of a root, and holds nothing by itself. */
export function isRootLockJournal(name: string): boolean {
  return isRootLock(name) && name !== LOCK_NAME;
}

/** Where the interrupted upload of `name` is kept: a name of fixed length, so that one of 255 bytes has room too. */
export function partialName(name: string): string {
  return `${RESERVED}${digestOf(name)}${PARTIAL}`;
}

/** The record of a join to the file `name`, while it lasts. */
export function joinName(name: string): string {
  return `${RESERVED}${digestOf(name)}${JOIN}`;
}

/** Whether it is a link that holds the lock of a file, or held it for a process that has died. */
export function isFileLock(name: string): boolean {
  return isReserved(name) && name.endsWith(FILE_LOCK);
}

/** The link that holds the lock of the file `name`; or that of the process which takes over from a dead holder with this text. */
export function fileLockName(name: string): string {
  return `${RESERVED}${digestOf(name)}${FILE_LOCK}`;
}

/** The text of a link, which names the holder of the lock. No file of a client can have such a name. */
export function lockHolder(pid: number, started: string, unique: string): string {
  return `${RESERVED}${pid}-${started}-${unique}`;
}

/** The last one is kept: a change of a file needs several of our names for it. */
let digested: { readonly name: string; readonly digest: string } | undefined;

function digestOf(name: string): string {
  if (digested?.name !== name) digested = { name, digest: hash('sha256', encodeText(name), 'hex').slice(0, 32) };
  return digested.digest;
}

/** @throws StorageError when no entry may have this name here. */
export function checkName(name: string): void {
  if (isReserved(name)) throw new StorageError('denied', 'This name is reserved');
  const refusal = nameRefusal(name, process.platform);
  if (refusal !== undefined) throw new StorageError('invalid-name', refusal);
}

/**
 * Why no entry can have this name on this platform, or undefined. On Windows a name can be a path, a drive, a stream of
 * another file or a device, and trailing dots and spaces are dropped, so that two names mean one file
 * (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
 */
export function nameRefusal(name: string, platform: NodeJS.Platform): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'Not a file name';
  if (/[/\0]/.test(name)) return 'The name holds a forbidden character';
  if (platform !== 'win32') return undefined;
  if (/[\\:*?"<>|\u0001-\u001f]/.test(name)) return 'The name holds a forbidden character';
  if (/[. ]$/.test(name)) return 'The name ends in a dot or a space';
  if (WINDOWS_DEVICE.test(name)) return 'The name is that of a device';
  return undefined;
}

/** With any extension; the superscript digits count as digits there. */
const WINDOWS_DEVICE =
  /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(\.|$)/i;
