import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RecordKeeper } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { codesOf, done, exchange, fileFrames, request } from './raw-bundle.ts';

// A bundle is one command, which was let in before the disk of the audit trail was full: its files are not.

/** Has no room from the first operation on that it is asked for. */
function fullOnceAsked(): RecordKeeper & { isAsked: boolean } {
  return {
    isAsked: false,
    get trouble() {
      return this.isAsked ? 'no room' : undefined;
    },
    expect: () => undefined,
    commandEnded: () => undefined,
    async recorded() {
      return !this.isAsked;
    },
  };
}

const COUNT = 60;

test('Once nothing can be recorded, a bundle that is under way stores no further files', async () => {
  const records = fullOnceAsked();
  await using server = await startTestServer({
    records,
    onEvent(event) {
      if (event.event === 'transfer.finished') records.isAsked = true;
    },
  });
  await using client = await server.signIn();
  const files = Array.from({ length: COUNT }, (_, number) => fileFrames(`file-${number}`, 'x'));
  const { frames } = await exchange(client, 'BNDL STOR', { bytes: Buffer.concat([...files, done(COUNT)]) });
  const codes = codesOf(frames);
  assert.equal(codes.length, COUNT);
  assert.equal(codes[0], 451, 'it was stored, and could not be recorded');
  assert.equal(codes.at(-1), 450);
  // Those that were worked on at that moment, at the most.
  assert.ok((await readdir(server.root)).length <= 16);
});

test('Once nothing can be recorded, a bundle sends no further files, and has nothing more to be recorded', async () => {
  const records = fullOnceAsked();
  await using server = await startTestServer({
    records,
    onEvent(event) {
      if (event.event === 'transfer.finished') records.isAsked = true;
    },
  });
  await writeFile(join(server.root, 'file'), 'x');
  await using client = await server.signIn();
  const requests = Array.from({ length: COUNT }, () => request('file'));
  const { frames } = await exchange(client, 'BNDL RETR', { bytes: Buffer.concat([...requests, done(COUNT)]) });
  assert.equal(frames.filter(({ type }) => type === 'data').length, 1);
  const begun = server.events.filter(({ event }) => event === 'transfer.started').length;
  assert.ok(begun <= 17, `${begun} were begun`);
});
