import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LendingSink } from '../core/index.ts';

/** More than a writer holds. */
export const content = randomBytes(3_500_003);

/** As a socket does it. Gives what each piece was answered. */
export function pour(sink: LendingSink, bytes: Buffer): boolean[] {
  const answers: boolean[] = [];
  for (let at = 0; at < bytes.length; ) {
    const copied = bytes.copy(sink.room(), 0, at, at + 16_384);
    answers.push(sink.filled(copied));
    at += copied;
  }
  return answers;
}

export async function fill(sink: LendingSink, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const copied = bytes.copy(sink.room(), 0, at, at + 16_384);
    const mayGoOn = sink.filled(copied);
    at += copied;
    if (!mayGoOn) await once(sink, 'drain');
  }
}

export async function openFile(context: TestContext, beginning: string | Buffer = '') {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-'));
  const path = join(directory, 'file');
  await writeFile(path, beginning);
  const handle = await open(path, 'r+');
  context.after(async () => {
    await handle.close();
    await rm(directory, { recursive: true });
  });
  return { path, handle };
}
