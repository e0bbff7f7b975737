import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a small file whole: it is there with all of its content or not at all, also after a crash, and never for a moment
 * with another mode. @param mode default: for its owner alone
 */
export async function writeWhole(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${file}.new`;
  await using handle = await open(temporary, 'w', mode);
  await handle.writeFile(content);
  await handle.sync();
  await rename(temporary, file);
  await syncDirectory(path.dirname(file));
}

/** Appends to a file, for its owner alone, and waits until it is on the disk. */
export async function appendDurably(file: string, text: string | Uint8Array): Promise<void> {
  await using handle = await open(file, 'a', 0o600);
  await handle.writeFile(text);
  await handle.datasync();
}

/** Makes new and removed names of a directory survive a crash. */
export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, constants.O_RDONLY);
  await handle.sync();
}
