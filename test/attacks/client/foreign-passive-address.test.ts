import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passiveReply } from '../../hostile/default-conversation.ts';
import { startDecoy, startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, connectTo } from './attacked-client.ts';

// CVE-2020-8284, CVE-2021-37533: the address in a reply to PASV is where a server would like us to connect.

const withoutExtended = { EPSV: (session: { reply(line: string): void }): void => session.reply('502 Not here') };

test('A foreign address in the reply to PASV is ignored: the port is looked for at the server itself', async () => {
  for (const address of ['127.0.0.2', '0.0.0.0', '255.255.255.255', '169.254.169.254', '10.0.0.1']) {
    await using server = await startHostileServer({
      files: { '/file': 'text' },
      on: {
        ...withoutExtended,
        PASV: async (session) => session.reply(passiveReply(address, await session.listen())),
      },
    });
    await using client = await connectTo(server);
    assert.equal((await client.readBuffer('/file')).toString(), 'text', address);
  }
});

test('Nobody at the foreign address hears of us', async () => {
  await using decoy = await startDecoy('127.0.0.2');
  const hostility = {
    files: { '/file': 'text' },
    on: {
      ...withoutExtended,
      PASV: (session: { reply(line: string): void }) => session.reply(passiveReply('127.0.0.2', decoy.port)),
    },
  };
  const { code } = await attack(hostility, (client) => client.readBuffer('/file'));
  assert.ok(code === 'data-connection' || code === 'refused', code);
  assert.equal(decoy.connections(), 0);
});

for (const reply of [
  '227 Nothing',
  '227 (127,0,0,1,0,0)',
  '227 (127,0,0,1,256,1)',
  '227 (127,0,0,1,1)',
  '227 (1,2,3,4,5,6,7,8',
  `227 ${'('.repeat(5000)}`,
  `227 ${'1,'.repeat(5000)}`,
  '200 (127,0,0,1,100,1)',
  '227 (-1,0,0,1,4,1)',
]) {
  test(`The reply ${JSON.stringify(reply.slice(0, 30))} to PASV is an error of the server`, async () => {
    const hostility = {
      files: { '/file': 'text' },
      on: { ...withoutExtended, PASV: (session: { reply(line: string): void }) => session.reply(reply) },
    };
    const { code } = await attack(hostility, (client) => client.readBuffer('/file'));
    assert.ok(['protocol', 'data-connection', 'refused'].includes(code), code);
  });
}

for (const reply of [
  '229 Nothing',
  '229 (|||0|)',
  '229 (|||65536|)',
  '229 (|||1e3|)',
  '229 (|||-1|)',
  '229 (1111)',
  `229 (|||${'9'.repeat(9000)}|)`,
]) {
  test(`The reply ${JSON.stringify(reply.slice(0, 30))} to EPSV is an error of the server`, async () => {
    const hostility = {
      files: { '/file': 'text' },
      on: { EPSV: (session: { reply(line: string): void }) => session.reply(reply) },
    };
    const { code } = await attack(hostility, (client) => client.readBuffer('/file'));
    assert.ok(['protocol', 'data-connection', 'refused'].includes(code), code);
  });
}
