import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Journal, type JournalOptions } from './journal.ts';

const HOUR_MS = 3_600_000;

export async function temporaryTrail(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-audit-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'audit');
}

/** A journal that signs a head only when the test says so. */
export function openJournal(directory: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  return Journal.open({
    directory,
    node: 'test',
    maxQueuedBytes: 1_000_000,
    stallMs: HOUR_MS,
    headEveryMs: HOUR_MS,
    retention: { keepMs: undefined, keepBytes: undefined },
    onTrouble: () => undefined,
    warn: () => undefined,
    ...options,
  });
}

/** Records so many uploads of alice, each of another file. */
export function appendUploads(journal: Journal, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    journal.append({
      event: 'transfer.finished',
      account: 'alice',
      address: '192.0.2.7',
      path: `/inbox/file-${index}`,
      bytes: index,
    });
  }
}
