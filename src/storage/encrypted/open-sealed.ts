import { randomBytes } from 'node:crypto';
import type { WritableFile } from '../../core/index.ts';
import { FileExtent } from '../file-extent.ts';
import { ChunkSet } from './chunk-set.ts';
import { ChunkStore, setOfStored } from './chunk-store.ts';
import { damaged } from './failures.ts';
import { FileKeys, KEY_BYTES } from './file-keys.ts';
import type { Keyring } from './keyring.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkOffset,
  HEADER_BYTES,
  isStoredSize,
  plainSize,
  SEALED_CHUNK_BYTES,
  SET_BYTES,
} from './layout.ts';
import { SealedContent } from './sealed-content.ts';
import { readStored } from './sealed-file.ts';

/** A file that is open for changes. */
export interface OpenedContent {
  readonly content: SealedContent;
  /** Its header, where a key other than the current one opens it. */
  readonly formerHeader?: Buffer;
}

interface Standing {
  readonly tail: Buffer;
  readonly set: ChunkSet;
  /** Whole chunks before the tail. */
  readonly count: number;
}

/** Begins a file of no bytes. */
export async function newContent(stored: WritableFile, keyring: Keyring): Promise<OpenedContent> {
  const key = randomBytes(KEY_BYTES);
  await stored.write(keyring.header(key), 0);
  const keys = new FileKeys(key);
  return contentOf(stored, keys, { tail: Buffer.alloc(0), set: new ChunkSet(keys), count: 0 }, false);
}

/** Begins a file that is only read again by who has it open: nothing that is stored of it has its key. */
export function passingContent(stored: WritableFile): OpenedContent {
  const keys = new FileKeys(randomBytes(KEY_BYTES));
  return contentOf(stored, keys, { tail: Buffer.alloc(0), set: new ChunkSet(keys), count: 0 }, false);
}

/**
 * Goes on from a published file, or from an interrupted upload.
 * @throws StorageError `io` for a file that is damaged, or whose key is not there
 */
export async function openContent(
  stored: WritableFile,
  keyring: Keyring,
  what: 'published' | 'interrupted',
): Promise<OpenedContent> {
  const { size } = await stored.stat();
  if (what === 'interrupted' && size < HEADER_BYTES) return newContent(stored, keyring);
  const header = await readStored(stored, 0, Math.min(size, HEADER_BYTES));
  const { key, isCurrent } = keyring.open(header);
  const keys = new FileKeys(key);
  const standing = await (what === 'published' ? publishedEnd : interruptedEnd)(stored, keys, size);
  return {
    ...contentOf(stored, keys, standing, what === 'interrupted', size),
    ...(!isCurrent && { formerHeader: header }),
  };
}

function contentOf(
  stored: WritableFile,
  keys: FileKeys,
  { tail, set, count }: Standing,
  leavesEnd: boolean,
  end = HEADER_BYTES,
): OpenedContent {
  const chunks = new ChunkStore(stored, keys, { set, count, end });
  return {
    content: new SealedContent(stored, chunks, new FileExtent(count * CHUNK_BYTES + tail.length, leavesEnd), tail),
  };
}

async function publishedEnd(stored: WritableFile, keys: FileKeys, size: number): Promise<Standing> {
  if (!isStoredSize(size)) throw damaged('no file has its length');
  const { index, sealed } = await endOf(stored, size);
  const bytes = keys.open(index, 'last', sealed);
  if (bytes === undefined) throw damaged(`its chunk ${index} does not hold`);
  return standing(keys, bytes, index);
}

/**
 * An interrupted upload has an end of its own, or none where its process was killed: then it ends with a whole chunk. A chunk
 * at its end that does not hold was never written whole, and is left out.
 */
async function interruptedEnd(stored: WritableFile, keys: FileKeys, size: number): Promise<Standing> {
  const { index, sealed } = await endOf(stored, size);
  const suspended = keys.open(index, 'suspended', sealed);
  if (suspended) return standing(keys, suspended, index);
  const set = await setOfStored(stored, keys, index);
  const whole = keys.open(index, 'middle', sealed.subarray(0, SEALED_CHUNK_BYTES));
  // Its size was told to be that of an upload with an end.
  const tail = whole?.subarray(0, plainSize(size) - index * CHUNK_BYTES) ?? Buffer.alloc(0);
  return { tail, set, count: index };
}

function standing(keys: FileKeys, bytes: Buffer, index: number): Standing {
  const end = bytes.length - SET_BYTES;
  return { tail: bytes.subarray(0, end), set: new ChunkSet(keys, bytes.subarray(end)), count: index };
}

async function endOf(stored: WritableFile, size: number): Promise<{ readonly index: number; readonly sealed: Buffer }> {
  const index = chunkCount(plainSize(size)) - 1;
  const sealed = await readStored(stored, chunkOffset(index), Math.max(0, size - chunkOffset(index)));
  return { index, sealed };
}
