import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { assertNoPassword, connectTo, failureOf } from './attacked-client.ts';

// CVE-2021-22946: a reply that FTP allows elsewhere must not talk a client out of TLS.

for (const reply of [
  '200 Fine without',
  '230 Signed in already',
  '120 Wait\r\n230 Signed in already',
  '331 Password',
  '334 ADAT=',
  '234-Begin\r\n230 End',
  '421 Going',
  '431 Later',
  '500 What',
  '502 Not here',
  '534 Unwilling',
  '2340 Begin',
  ' 234 Begin',
  '234',
  '(234) Begin',
]) {
  test(`The reply ${JSON.stringify(reply)} to AUTH TLS ends the connection, and no password is sent`, async () => {
    await using server = await startHostileServer({ on: { AUTH: (session) => session.reply(reply) } });
    const { code, phase } = await failureOf(connectTo(server));
    // A bare 234 is well-formed enough: then it is the handshake that never comes.
    assert.ok(['tls-refused', 'tls-failed', 'protocol', 'timeout'].includes(code), code);
    assert.equal(phase, 'tls');
    assertNoPassword(server);
  });
}

for (const greeting of [
  '230 Signed in already',
  '234 Begin',
  '120 Wait\r\n230 In',
  '331 Password',
  '200 Ready',
  '530 No',
]) {
  test(`The greeting ${JSON.stringify(greeting)} ends the connection, and nothing is sent`, async () => {
    await using server = await startHostileServer({ on: { GREETING: (session) => session.reply(greeting) } });
    const { code, phase } = await failureOf(connectTo(server));
    assert.ok(code === 'protocol' || code === 'connect-failed', code);
    assert.equal(phase, 'connect');
    assert.deepEqual(server.heard, []);
  });
}

for (const reply of ['230 In', '431 Later', '502 Not here', '534 Unwilling', '536 No', '331 Password']) {
  test(`The reply ${JSON.stringify(reply)} to PROT P never leads to data in clear`, async () => {
    await using server = await startHostileServer({
      files: { '/secret': 'secret' },
      on: { PROT: (session) => session.reply(reply) },
    });
    // 230 is a success, and data connections are in TLS then; everything else is a refusal.
    if (reply.startsWith('230')) {
      await using client = await connectTo(server);
      const { code } = await failureOf(client.readBuffer('/secret'));
      assert.ok(['data-connection', 'tls-failed', 'truncated'].includes(code), code);
    } else {
      assert.equal((await failureOf(connectTo(server))).code, 'tls-refused');
      assert.deepEqual(
        server.heard.filter(({ verb }) => verb === 'EPSV' || verb === 'RETR'),
        [],
      );
    }
  });
}

test('A server that says 200 to everything gets no password in clear', async () => {
  const everything = (session: { reply(line: string): void }): void => session.reply('200 Fine');
  const verbs = ['AUTH', 'USER', 'PASS', 'PBSZ', 'PROT', 'FEAT', 'OPTS', 'TYPE', 'PWD', 'EPSV', 'PASV', 'QUIT'];
  await using server = await startHostileServer({ on: Object.fromEntries(verbs.map((verb) => [verb, everything])) });
  assert.equal((await failureOf(connectTo(server))).code, 'tls-refused');
  assertNoPassword(server);
});
