import { type FileHandle, open } from 'node:fs/promises';
import { decodeText, type Entry, encodeText } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import { unless } from './failures.ts';
import { look } from './look.ts';
import { isTemporary, joinName } from './names.ts';
import { READ_FILE } from './open-flags.ts';

/** The record of a join stands before the bytes that are to be joined, in one file. */
export const RECORD_BYTES = 4096;
/** On a regular file it means nothing to the system: while it is set, the record tells what the file is. */
export const JOINING = 0o1000;

/** What is to be put behind a file, and what the file was before. */
export interface JoinRecord {
  /** Of the file: its name, as bytes in base64, and `Entry.unique`. */
  readonly name: string;
  readonly unique: string;
  readonly size: number;
  readonly mode: number;
  /** The other name of the record's own file, which the upload had it by. */
  readonly aside: string;
  /** Bytes to be joined. */
  readonly length: number;
}

export interface OpenRecord extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly record: JoinRecord;
}

/** @param facts with the name as text */
export function recordBytes(facts: JoinRecord): Buffer {
  const record: JoinRecord = { ...facts, name: encodeText(facts.name).toString('base64') };
  return Buffer.from(`${JSON.stringify(record).padEnd(RECORD_BYTES - 1)}\n`);
}

/** The record of the join to the file `name`, where there is one that can be read. */
export function openRecord(directory: Directory, name: string): Promise<OpenRecord | undefined> {
  return openRecordAt(directory, joinName(name));
}

/** The name of the file that the record at a name of ours is about. */
export async function joinedName(directory: Directory, recordName: string): Promise<string | undefined> {
  await using open = await openRecordAt(directory, recordName);
  return open && decodeText(Buffer.from(open.record.name, 'base64'));
}

async function openRecordAt(directory: Directory, recordName: string): Promise<OpenRecord | undefined> {
  const { device } = directory;
  const handle = await unless(
    ['ENOENT'],
    device.threads(() => open(directory.at(recordName), READ_FILE)),
  );
  if (handle === undefined) return undefined;
  const close = () => device.threads(() => handle.close());
  try {
    const { buffer, bytesRead } = await device.threads(() =>
      handle.read(Buffer.alloc(RECORD_BYTES), 0, RECORD_BYTES, 0),
    );
    const record = parsed(buffer.toString('latin1', 0, bytesRead));
    if (record !== undefined) return { handle, record, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return undefined;
}

/** Joins that come and go between two looks; a mark that outlasts them is of somebody else. */
const MAX_LOOKS = 5;

/** What a file is to whoever looks: during a join, and behind one that a crash ended, what it was before. */
export async function beforeJoin(
  directory: Directory,
  name: string,
  entry: Entry,
  again = async () => {
    const stats = await look(directory, name);
    return stats === undefined ? entry : plainEntryOf(name, stats);
  },
): Promise<Entry> {
  let seen = entry;
  for (let looks = 0; isJoining(seen) && looks < MAX_LOOKS; looks += 1) {
    await using open = await openRecord(directory, name);
    if (open !== undefined && open.record.unique === seen.unique) {
      return { ...seen, size: open.record.size, mode: open.record.mode };
    }
    // The join has ended, and another one may have begun.
    seen = await again();
  }
  return seen;
}

export function isJoining({ kind, mode = 0 }: Entry): boolean {
  return kind === 'file' && (mode & JOINING) !== 0;
}

function parsed(text: string): JoinRecord | undefined {
  if (text.length !== RECORD_BYTES || !text.endsWith('\n')) return undefined;
  try {
    const record: JoinRecord = JSON.parse(text);
    const isWhole = [record.size, record.mode, record.length].every(Number.isSafeInteger);
    const isNamed = [record.unique, record.name, record.aside].every((name) => typeof name === 'string');
    return isWhole && isNamed && isTemporary(record.aside) ? record : undefined;
  } catch {
    return undefined;
  }
}
