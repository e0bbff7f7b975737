import { open } from 'node:fs/promises';
import { changedMeanwhile, notFound, StorageError, type StoredEntry } from '../../core/index.ts';
import { entryAt } from './changes.ts';
import { copyRange } from './copy-range.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { READ_FILE } from './open-flags.ts';
import { publish } from './publication.ts';
import type { LocalStorageSettings } from './settings.ts';
import { Temporary } from './temporary.ts';

interface Appending {
  readonly location: EntryLocation;
  /** What holds the bytes that are put behind the file, from which byte on, and how many. */
  readonly aside: Temporary;
  readonly from: number;
  readonly length: number;
  readonly settings: LocalStorageSettings;
  /** What the file's size must be. */
  readonly expected?: number | undefined;
  /** Whether there must be one. */
  readonly existing?: boolean | undefined;
}

/**
 * Appends bytes to a copy of the file, which then replaces the file. The caller holds the lock of the file. It removes the
 * file that held the bytes.
 */
export async function appendCopied(appending: Appending): Promise<StoredEntry> {
  const { location, aside, from, length, settings, expected, existing = false } = appending;
  const { device } = aside;
  const whole = await Temporary.create(location);
  try {
    const before = await entryAt(location);
    if (before === undefined && existing) throw notFound();
    const size = before?.size ?? 0;
    if (expected !== undefined && size !== expected) throw changedMeanwhile();
    await copyPublished(location, whole, size);
    await exhaust(copyRange(aside.handle, whole.handle, { from, to: size, length, device }));
    const check = async () => {
      const now = await entryAt(location);
      if (now?.unique !== before?.unique || now?.size !== before?.size) throw changedMeanwhile();
    };
    const entry = await publish(location, whole, settings, { check, holdsReplaced: true, isLocked: true });
    await aside.remove();
    return entry;
  } catch (error) {
    await whole.remove();
    throw error;
  }
}

async function copyPublished(location: EntryLocation, whole: Temporary, size: number): Promise<void> {
  const { device } = whole;
  const source = await unless(
    ['ENOENT'],
    device.threads(() => open(location.path, READ_FILE)),
  );
  if (source === undefined) {
    if (size > 0) throw new StorageError('busy', 'The file was removed meanwhile');
    return;
  }
  try {
    await exhaust(copyRange(source, whole.handle, { from: 0, to: 0, length: size, device }));
  } finally {
    await device.threads(() => source.close());
  }
}

async function exhaust(portions: AsyncIterable<string>): Promise<void> {
  for await (const _ of portions);
}
