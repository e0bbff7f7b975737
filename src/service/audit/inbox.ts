import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import { background } from '../../core/index.ts';
import { auditPaths, type Journal, writeWhole } from '../../operations/index.ts';

/** How often the server looks for what other processes have left. */
const EVERY_MS = 1000;
/** Longer than any note. */
const MAX_NOTE_BYTES = 65_536;

/** What a command changed beside a running server, for the server to record. */
export interface AuditNote {
  readonly event: 'account.changed' | 'group.changed' | 'administrator.changed';
  /** When, ISO 8601. */
  readonly when: string;
  /** The user of this machine who did it. */
  readonly by: string;
  readonly [field: string]: unknown;
}

/** Leaves a note for the server, which records it at once, or at its next start. Does nothing where there is no audit trail. */
export async function leaveNote(auditDirectory: string, note: AuditNote): Promise<void> {
  const { inbox } = auditPaths(auditDirectory);
  const isThere = await stat(auditDirectory).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await mkdir(inbox, { recursive: true, mode: 0o700 });
  // In the order in which they were left.
  await writeWhole(path.join(inbox, `${note.when.replaceAll(':', '')}-${randomUUID()}.json`), textOf(note));
}

/** What is too long for a record is left out of it: the names of the fields stay. */
function textOf(note: AuditNote): string {
  const text = JSON.stringify(note);
  if (Buffer.byteLength(text) <= MAX_NOTE_BYTES) return text;
  return JSON.stringify({ ...note, before: undefined, after: undefined });
}

/** Records the notes that other processes leave, until it is disposed. */
export function watchInbox(journal: Journal, auditDirectory: string, warn: (message: string) => void): Disposable {
  const { inbox } = auditPaths(auditDirectory);
  const stop = new AbortController();
  let isFailing = false;

  async function watch(): Promise<void> {
    for await (const _ of setInterval(EVERY_MS, undefined, { ref: false, signal: stop.signal })) {
      try {
        await takeNotes(journal, inbox);
        isFailing = false;
      } catch (error) {
        if (!isFailing) warn(`Changes of accounts and groups are not recorded: ${String(error)}`);
        isFailing = true;
      }
    }
  }

  background(watch(), () => undefined);
  return { [Symbol.dispose]: () => stop.abort() };
}

/** Records what lies in the inbox. A crash may have a note recorded twice, but never lost: `note` tells. */
async function takeNotes(journal: Journal, inbox: string): Promise<void> {
  const names = (await readdir(inbox)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names) {
    const file = path.join(inbox, name);
    const note = await noteIn(file);
    if (!note) {
      // Kept, as nobody knows what it is.
      await rename(file, file.replace(/\.json$/, '.refused'));
      continue;
    }
    if (journal.append({ ...note, note: name }) === undefined || !(await journal.recorded())) return;
    await unlink(file);
  }
}

const EVENTS: ReadonlySet<unknown> = new Set<AuditNote['event']>([
  'account.changed',
  'group.changed',
  'administrator.changed',
]);

async function noteIn(file: string): Promise<AuditNote | undefined> {
  if ((await stat(file)).size > MAX_NOTE_BYTES) return undefined;
  try {
    const { event, when, by, account, group, administrator, change, fields, before, after } = JSON.parse(
      await readFile(file, 'utf8'),
    );
    return EVENTS.has(event)
      ? { event, when, by, account, group, administrator, change, fields, before, after }
      : undefined;
  } catch {
    return undefined;
  }
}
