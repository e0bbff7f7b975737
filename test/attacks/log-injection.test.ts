import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '../../src/core/index.ts';
import { createLog } from '../../src/service/log/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// CR, LF, ESC and bidi marks in names forge log lines and drive terminals; passwords must not get there at all.

const NASTY = [
  'a\x1b[2J\x1b]0;title\x07',
  'a\x9b31m',
  'a\u202egnp.exe',
  'a\u2028b\u2029c',
  'a\x7f\x08\x08',
  'a\x00b',
  'a\rb',
  '%s%n',
  '"},{"event":"login.succeeded"',
  '${jndi:ldap://x}',
];

for (const form of ['json', 'pretty'] as const) {
  test(`What clients send shows in the ${form} log as printable text on lines of its own`, async () => {
    const written: string[] = [];
    let events: readonly ServerEvent[] = [];
    const log = createLog({
      form,
      level: 'debug',
      output: { isTerminal: false, write: (text: string) => written.push(text) },
    });
    {
      await using server = await startTestServer({ onEvent: log });
      ({ events } = server);
      for (const name of NASTY) {
        await using stranger = await server.connect({ implicit: true, port: server.implicitPort });
        await stranger.expect(220);
        await stranger.ask(`USER ${name}`);
        await stranger.ask('PASS hunter2');
        await stranger.ask('PASS');
        await using client = await server.signIn();
        for (const verb of ['MKD', 'CWD', 'RMD', 'DANCE', 'CLNT']) await client.ask(`${verb} ${name}`);
      }
    }
    const text = written.join('');
    assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    assert.doesNotMatch(text, /hunter2|wonderland/);
    assert.equal(text.trimEnd().split('\n').length, events.length);
  });
}
