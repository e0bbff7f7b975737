import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../../src/client/index.ts';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { collect, connectTo, failureOf } from './attacked-client.ts';

// CVE-2026-39983, GHSA-6v7q-wjvx-w8wg: what the caller took from elsewhere must not become a command of its own.

const CALLS: readonly (readonly [name: string, call: (client: Client, text: string) => Promise<unknown>])[] = [
  ['list', (client, text) => collect(client.list(text))],
  ['walk', (client, text) => collect(client.walk(text))],
  ['stat', (client, text) => client.stat(text)],
  ['exists', (client, text) => client.exists(text)],
  ['size', (client, text) => client.size(text)],
  ['modified', (client, text) => client.modified(text)],
  ['digest', (client, text) => client.digest(text)],
  ['readBuffer', (client, text) => client.readBuffer(text)],
  ['read', (client, text) => client.read(text)],
  ['upload', (client, text) => client.upload(Buffer.from('x'), text)],
  ['append', (client, text) => client.append(Buffer.from('x'), text)],
  ['remove', (client, text) => client.remove(text)],
  ['removeDirectory', (client, text) => client.removeDirectory(text)],
  ['makeDirectory', (client, text) => client.makeDirectory(text, { recursive: true })],
  ['rename from', (client, text) => client.rename(text, 'b')],
  ['rename to', (client, text) => client.rename('a', text)],
  ['setModified', (client, text) => client.setModified(text, new Date())],
  ['setMode', (client, text) => client.setMode(text, 0o644)],
  ['send, argument', (client, text) => client.send('SITE', text)],
  ['send, verb', (client, text) => client.send(text)],
];

for (const [name, call] of CALLS) {
  test(`Nothing is sent where an argument breaks the line: ${name}`, async () => {
    await using server = await startHostileServer();
    await using client = await connectTo(server);
    const before = server.heard.length;
    for (const text of ['a\r\nDELE b', 'a\nDELE b', 'a\rDELE b', 'a\0b', '\r\n']) {
      const { code } = await failureOf(Promise.resolve().then(() => call(client, text)));
      assert.equal(code, 'invalid-argument', JSON.stringify(text));
    }
    await client.send('NOOP');
    assert.deepEqual(
      server.heard.slice(before).map(({ line }) => line),
      ['NOOP'],
    );
  });
}

for (const option of ['user', 'password', 'account'] as const) {
  test(`The ${option} cannot bring a command with it, and is not shown in the error`, async () => {
    await using server = await startHostileServer({ on: { PASS: (session) => session.reply('332 Account') } });
    const { code, message } = await failureOf(connectTo(server, { [option]: 'secret\r\nDELE /file' }));
    assert.equal(code, 'invalid-argument');
    assert.ok(!message.includes('secret'), message);
    assert.ok(!server.heard.some(({ line }) => line.includes('secret') || line.startsWith('DELE')));
  });
}
