import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../../src/client/index.ts';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { connectTo, failureOf } from './attacked-client.ts';

// One reply too many, and each answer is taken for that to the command behind it, for as long as the connection lives.

/** In one segment: the second is there when the next command is to be sent. */
const twice: Step = (session, path) => session.reply(`213 ${session.state.files.get(path)?.length}\r\n213 1`);

test('A reply that nobody asked for ends the connection, and the answer behind it is not taken for another', async () => {
  await using server = await startHostileServer({ files: { '/one': '1', '/four': '4444' }, on: { SIZE: twice } });
  await using client = await connectTo(server, { retry: { attempts: 2, delayMs: 1 } });
  for (let time = 0; time < 3; time += 1) {
    assert.equal(await client.size('/four'), 4);
    assert.equal(await client.size('/one'), 1);
    assert.equal((await client.stat('/one')).size, 1);
  }
});

for (const reply of ['226 Late', '213 5', '550 No', '150 Sending', '200 Fine', '331 Password']) {
  test(`A client gets into step again behind a stray ${JSON.stringify(reply)}`, async () => {
    let strays = 1;
    const stray: Step = (session, argument) => {
      if (strays-- > 0) session.reply(reply);
      return session.byDefault('TYPE', argument);
    };
    await using server = await startHostileServer({ files: { '/file': 'text' }, on: { TYPE: stray } });
    await using client = await connectTo(server);
    await client.readBuffer('/file').catch(() => undefined);
    await client.readBuffer('/file').catch(() => undefined);
    assert.equal((await client.readBuffer('/file')).toString(), 'text');
  });
}

const ACTS: readonly (readonly [verb: string, act: (client: Client) => Promise<unknown>])[] = [
  ['DELE', (client) => client.remove('/file')],
  ['RMD', (client) => client.removeDirectory('/folder')],
  ['RNTO', (client) => client.rename('/file', '/other')],
  ['TYPE', (client) => client.readBuffer('/file')],
];

for (const [verb, act] of ACTS) {
  test(`${verb} is not done when the server wants to hear more`, async () => {
    const step: Step = (session) => session.reply('350 What else?');
    await using server = await startHostileServer({ files: { '/file': 'text' }, on: { [verb]: step } });
    await using client = await connectTo(server);
    assert.equal((await failureOf(act(client))).code, 'protocol');
  });
}

test('An upload is not done when the server wants to hear more', async () => {
  const STOR: Step = async (session) => {
    session.reply('150 Go on');
    const data = await session.openData();
    await data.receive();
    await data.finish('', 'clean');
    session.reply('350 What else?');
  };
  await using server = await startHostileServer({ on: { STOR } });
  await using client = await connectTo(server);
  assert.equal((await failureOf(client.upload(Buffer.from('text'), '/file'))).code, 'protocol');
});
