import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2017-7418 and the window between resolving and opening: a directory turns into a link out while it is in use.

/** Swaps `swap` between a directory and a link to `outside` as fast as it can, until it is told to stop. */
const FLIP = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { workerData, parentPort } = require('node:worker_threads');
const { swap, real, outside, stop } = workerData;
const flag = new Int32Array(stop);
let flips = 0;
while (Atomics.load(flag, 0) === 0) {
  renameSync(swap, real);
  symlinkSync(outside, swap);
  unlinkSync(swap);
  renameSync(real, swap);
  flips += 1;
}
parentPort.postMessage(flips);
`;

test('While a directory flips into a link out and back, nothing comes from outside and nothing lands there', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'lockport-race-'));
  await using _removed = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
  const outside = join(scratch, 'outside');
  const root = join(scratch, 'files');
  for (const [directory, text] of [
    [outside, 'OUTSIDE!'],
    [join(root, 'swap'), 'inside'],
  ] as const) {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'file'), text);
  }
  const stop = new SharedArrayBuffer(4);
  await using server = await startTestServer({ root });
  await using client = await server.signIn();
  const workerData = { swap: join(root, 'swap'), real: join(root, 'real'), outside, stop };
  const flipper = new Worker(FLIP, { eval: true, workerData });
  const flips = new Promise<number>((resolve, reject) => flipper.on('message', resolve).on('error', reject));
  try {
    let met = 0;
    for (let round = 0; round < 300; round += 1) {
      for (const command of ['SIZE swap/file', 'MLST swap/file', 'HASH swap/file', 'CWD swap', 'CWD /']) {
        const { code, lines } = await client.ask(command);
        if (code === 213 || code === 250) met += 1;
        assert.doesNotMatch(lines.join('\n'), /213 8|size=8;/);
      }
      await using data = await client.data(await client.passive());
      const isUpload = round % 2 === 0;
      const { code } = await client.ask(isUpload ? `STOR swap/new-${round}` : 'RETR swap/file');
      if (code !== 150) continue;
      if (isUpload) await data.send(Buffer.from('x'));
      else assert.doesNotMatch((await data.receive()).toString(), /OUTSIDE/);
      await client.reply();
      met += 1;
    }
    assert.ok(met > 0, 'the directory was met at least once');
  } finally {
    Atomics.store(new Int32Array(stop), 0, 1);
  }
  assert.ok((await flips) > 100);
  assert.deepEqual(await readdir(outside), ['file']);
  assert.equal(await readFile(join(outside, 'file'), 'utf8'), 'OUTSIDE!');
});
