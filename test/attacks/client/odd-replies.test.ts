import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { connectTo, failureOf } from './attacked-client.ts';

// CVE-2018-1000300, CVE-2017-1000254 and curl's own list of odd replies: each is a value or an error, never a surprise.

for (const reply of [
  '257 "/without an end',
  '257 without a beginning"',
  '257 ""',
  '257 """',
  '257 "relative"',
  '257 "/nul\0"',
  '257 "/a\rb"',
  '257 "/../../etc"',
  `257 "${'/a'.repeat(5000)}"`,
  '257 "C:\\Users"',
  '257 "DISK:[USER]"',
  '257 "/a""b" is it',
  '257',
  '550 No',
  '999 What',
]) {
  test(`PWD may answer ${JSON.stringify(reply.slice(0, 30))}`, async () => {
    await using server = await startHostileServer({ on: { PWD: (session) => session.reply(reply) } });
    const home = await connectTo(server).then(
      async (client) => {
        await client.close();
        return client.home;
      },
      (error: { name: string }) => {
        assert.equal(error.name, 'ClientError');
        return '/';
      },
    );
    assert.match(home, /^\/[^\0\r\n]*$/);
    assert.ok(!home.split('/').includes('..'));
  });
}

for (const reply of [
  '213 -1',
  '213 x',
  '213',
  '213 1e9',
  '213 99999999999999999999999',
  '213 1 2',
  '213-4\r\n213 5',
  '200 4',
  '213 0x10',
]) {
  test(`SIZE may answer ${JSON.stringify(reply)}: a number of bytes, or an error`, async () => {
    await using server = await startHostileServer({
      files: { '/file': 'text' },
      on: { SIZE: (session) => session.reply(reply) },
    });
    await using client = await connectTo(server);
    const size = await client.size('/file').catch((error: { name: string }) => error.name);
    assert.ok(
      size === 'ClientError' || (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0),
      `${size}`,
    );
  });
}

for (const reply of [
  '213 20240230120000',
  '213 99999999999999',
  '213 2024',
  '213 x',
  '213',
  '213 19700101000000.9999999999',
  '213 -0240229120000',
]) {
  test(`MDTM may answer ${JSON.stringify(reply)}: a time, or an error`, async () => {
    await using server = await startHostileServer({
      files: { '/file': 'text' },
      on: { MDTM: (session) => session.reply(reply) },
    });
    await using client = await connectTo(server);
    const time = await client.modified('/file').catch((error: { name: string }) => error.name);
    assert.ok(time === 'ClientError' || (time instanceof Date && !Number.isNaN(time.getTime())), String(time));
  });
}

for (const greeting of [
  '220',
  '220\t',
  '220-\r\n220 ',
  '220-a\r\n221 b\r\n 220 c\r\n220 d',
  '\xff\xfb\x01220 Telnet',
  '220 \xc3\x28',
  '220 nul\0nul',
]) {
  test(`The greeting may be ${JSON.stringify(greeting)}`, async () => {
    await using server = await startHostileServer({ on: { GREETING: (session) => session.send(`${greeting}\r\n`) } });
    const client = await connectTo(server).catch((error: { name: string }) => error.name);
    if (typeof client === 'string') assert.equal(client, 'ClientError');
    else await client.close();
  });
}

for (const greeting of [
  '',
  'x',
  '22',
  '220',
  'HTTP/1.1 400 Bad Request',
  'SSH-2.0-OpenSSH',
  '\x16\x03\x01',
  '000 zero',
  '700 no',
  '2２0 wide',
]) {
  test(`The greeting must not be ${JSON.stringify(greeting)} alone, or without its line end`, async () => {
    await using server = await startHostileServer({
      on: {
        GREETING: async (session) => {
          session.send(greeting === '220' ? greeting : `${greeting}\r\n`);
          await session.end();
        },
      },
    });
    const { code } = await failureOf(connectTo(server));
    assert.ok(['protocol', 'connect-failed', 'connection-lost', 'timeout'].includes(code), code);
  });
}

test('Every reply may come byte by byte', async () => {
  await using server = await startHostileServer({
    files: { '/file': 'text' },
    on: {
      FEAT: (session) => session.sendInPieces('211-Features\r\n MLST type*;\r\n211 End\r\n', 1),
      EPSV: async (session) => session.sendInPieces(`229 Port (|||${await session.listen()}|)\r\n`, 1),
    },
  });
  await using client = await connectTo(server);
  assert.equal((await client.readBuffer('/file')).toString(), 'text');
});
