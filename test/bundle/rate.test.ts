import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { HeldClock } from '../../src/testing/held-clock.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { done, fileFrames, request } from './raw-bundle.ts';

// A bundle is no way around the rate of an account.

const NAMES = Array.from({ length: 50 }, (_, number) => `f${number}`);
const CONTENT = Buffer.alloc(8000, 'content ');
const RATE = 50_000;
/** What passes at once: a tenth of a second's, the portion that is under way, and what a record brings at the most. */
const AT_ONCE = 65_536;

for (const direction of ['upload', 'download'] as const) {
  test(`The rate of an account holds for all files of a bundle together: ${direction}`, async (context) => {
    const clock = new HeldClock(context);
    await using server = await startTestServer({ account: { rate: { [direction]: RATE } } });
    await using client = await server.signIn();
    if (direction === 'download') for (const name of NAMES) await writeFile(join(server.root, name), CONTENT);
    const files = NAMES.map((name) => (direction === 'upload' ? fileFrames(name, CONTENT) : request(name)));
    await using data = await client.data(await client.passive());
    await client.expect(150, direction === 'upload' ? 'BNDL STOR' : 'BNDL RETR');
    await data.write(Buffer.concat([...files, done(NAMES.length)]));
    const received = data.receive();
    received.catch(() => undefined);
    const moved = async (): Promise<number> => {
      if (direction === 'download') return data.tcp.bytesRead;
      return (await readdir(server.root)).filter((name) => NAMES.includes(name)).length * CONTENT.length;
    };
    for (let second = 0; second < 4; second += 1) {
      for (let turn = 0; turn < 5000; turn += 1) await setImmediate();
      const bytes = await moved();
      assert.ok(bytes <= second * RATE + AT_ONCE, `${bytes} bytes in ${second} s`);
      clock.pass(1000);
    }
    await clock.passUntil(received);
    assert.equal((await client.outcome()).code, 226);
  });
}
