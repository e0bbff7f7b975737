/** Bytes of a file that are sealed together. */
export const CHUNK_BYTES = 64 * 1024;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** What stands behind the bytes of the last chunk, sealed with them: which other chunks belong to the file. */
export const SET_BYTES = 16;
export const HEADER_BYTES = 512;
const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;
/** A chunk that is not the last one, as it is stored. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + SEAL_BYTES;
/** A chunk has a number of 32 bits. */
const MAX_CHUNKS = 2 ** 32;
export const MAX_FILE_BYTES = MAX_CHUNKS * CHUNK_BYTES;

/** Chunks of a file of so many bytes: an empty file has one, which says that it is empty. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_BYTES));
}

/** Where a chunk is stored. */
export function chunkOffset(index: number): number {
  return HEADER_BYTES + index * SEALED_CHUNK_BYTES;
}

/** How long the stored file is of a file of so many bytes. */
export function storedSize(size: number): number {
  return HEADER_BYTES + size + chunkCount(size) * SEAL_BYTES + SET_BYTES;
}

/** How long the last chunk of a file of so many bytes is, as it is stored. */
export function lastChunkBytes(size: number): number {
  return storedSize(size) - chunkOffset(chunkCount(size) - 1);
}

/**
 * How long the file is that a stored one of so many bytes holds. What is too short for any file counts as empty: reading it
 * tells that it is damaged.
 */
export function plainSize(stored: number): number {
  const body = stored - HEADER_BYTES - SET_BYTES;
  if (body <= SEAL_BYTES) return 0;
  return body - Math.ceil(body / SEALED_CHUNK_BYTES) * SEAL_BYTES;
}

/** Whether a whole file can have this stored length. */
export function isStoredSize(stored: number): boolean {
  return storedSize(plainSize(stored)) === stored;
}
