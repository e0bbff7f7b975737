import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostileServerOptions, type Step, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';
import { settingsOf } from '../settings.ts';
import { signIn } from './sign-in.ts';

/** What a server heard of a client that tried to sign in. */
async function verbsHeard(server: HostileServerOptions, options: Partial<ConnectOptions> = {}): Promise<string[]> {
  await using hostile = await startHostileServer(server);
  const { connection } = await signIn(1, settingsOf(alice(hostile, options)));
  connection.destroy();
  return hostile.heard.map(({ verb }) => verb);
}

test('explicit TLS: AUTH first, then the login, then the protection of data', async () => {
  assert.deepEqual(await verbsHeard({}), ['AUTH', 'USER', 'PASS', 'FEAT', 'PBSZ', 'PROT', 'OPTS', 'PWD']);
});

test('implicit TLS: no AUTH', async () => {
  assert.deepEqual(await verbsHeard({ implicit: true }, { security: 'implicit' }), [
    'USER',
    'PASS',
    'FEAT',
    'PBSZ',
    'PROT',
    'OPTS',
    'PWD',
  ]);
});

test('an implicit server that knows neither PBSZ nor PROT is taken, since it takes TLS for granted', async () => {
  const on = { PBSZ: unknown, PROT: unknown };
  assert.equal((await verbsHeard({ implicit: true, on }, { security: 'implicit' })).at(-1), 'PWD');
});

test('a server that knows no FEAT and no PWD is taken', async () => {
  assert.equal((await verbsHeard({ on: { FEAT: unknown, PWD: unknown } })).at(-1), 'PWD');
});

test('a directory with quotes in its name is where paths start from, whether or not the server doubles them', async () => {
  const directory = '/6" x 9"';
  const PASS: Step = (session) => {
    session.directory = directory;
    session.reply('230 In');
  };
  const PWD: Step = (session) => session.reply(`257 "${session.directory}" is your current location`);
  for (const on of [{ PASS }, { PASS, PWD }]) {
    await using server = await startHostileServer({ on });
    const signedIn = await signIn(1, settingsOf(alice(server)));
    signedIn.connection.destroy();
    assert.equal(signedIn.directory, directory);
  }
});

test('a directory that the server names in no way that leads back is not guessed', async () => {
  await using server = await startHostileServer({ on: { PWD: reply('257 "/a" "b"'), CWD: reply('550 No') } });
  await failure('protocol', signIn(1, settingsOf(alice(server))));
});

test('an account is sent where it is asked for', async () => {
  const on = { PASS: reply('332 Account?'), ACCT: reply('230 In') };
  assert.ok((await verbsHeard({ on }, { account: 'books' })).includes('ACCT'));
});

test('where an account is asked for and none is given, the error says where a code goes', async () => {
  await using server = await startHostileServer({ on: { PASS: reply('332 Send the code') } });
  const { message } = await failure('login-refused', signIn(1, settingsOf(alice(server))));
  assert.match(message, /behind the password.* It said: 332 Send the code$/);
});

test('a certificate may make the password superfluous', async () => {
  assert.ok(!(await verbsHeard({ on: { USER: reply('232 In') } })).includes('PASS'));
});

test('another encoding than UTF-8 does not turn UTF-8 on', async () => {
  assert.ok(!(await verbsHeard({}, { encoding: 'latin1' })).includes('OPTS'));
});

for (const answer of ['230 In', '502 No', '334 More', '530 No', '200 Fine', '534 No', '235 x', '120 Wait\r\n230 In']) {
  test(`nothing more is said to a server that answers AUTH with ${JSON.stringify(answer)}`, async () => {
    await using server = await startHostileServer({ on: { AUTH: reply(answer) } });
    await failure('tls-refused', signIn(1, settingsOf(alice(server))));
    assert.deepEqual(
      server.heard.map(({ verb }) => verb),
      ['AUTH'],
    );
  });
}

for (const answer of ['230 In', '120 Soon\r\n230 In', '331 Password?', '150 Here it comes\r\n200 Done']) {
  test(`a greeting ${JSON.stringify(answer)} ends the connection before anything is said`, async () => {
    await using server = await startHostileServer({ on: { GREETING: reply(answer) } });
    await failure('protocol', signIn(1, settingsOf(alice(server))));
    assert.deepEqual(server.heard, []);
  });
}

test('120 asks for patience, and gets it', async () => {
  assert.equal((await verbsHeard({ on: { GREETING: reply('120 Soon\r\n220 Now') } })).at(-1), 'PWD');
});

test('a server that is busy says so, and another try makes sense', async () => {
  await using server = await startHostileServer({ on: { GREETING: reply('421 Too many') } });
  const error = await failure('connect-failed', signIn(1, settingsOf(alice(server))));
  assert.deepEqual([error.retryable, error.reply?.code], [true, 421]);
});

test('replies that stand behind the 234 are never taken for replies in TLS', async () => {
  await using server = await startHostileServer({
    on: {
      AUTH: async (session) => {
        session.send('234 Go\r\n331 Injected\r\n230 Injected\r\n');
        await session.startTls();
      },
    },
  });
  await failure('protocol', signIn(1, settingsOf(alice(server))));
  assert.ok(!server.heard.some(({ verb }) => verb === 'USER'));
});

test('a server that refuses PBSZ and takes PROT protects data', async () => {
  for (const answer of ['500 What', '502 No', '503 Not now']) {
    assert.equal((await verbsHeard({ on: { PBSZ: reply(answer) } })).at(-1), 'PWD');
  }
});

for (const on of [{ PROT: reply('536 No') }, { PROT: reply('534 No') }]) {
  test(`a server that refuses ${Object.keys(on).join()} gets no file`, async () => {
    await using server = await startHostileServer({ on });
    await failure('tls-refused', signIn(1, settingsOf(alice(server))));
  });
}

test('a wrong password is refused, is not sent again, and is in no text', async () => {
  await using server = await ownServer();
  const lines: string[] = [];
  const options = alice(server, {
    password: 's3cret!',
    retry: { attempts: 3, delayMs: 1 },
    log: (entry) => lines.push(JSON.stringify(entry)),
  });
  const error = await failure('login-refused', signIn(1, settingsOf(options)));
  assert.deepEqual([error.retryable, error.reply?.code], [false, 530]);
  assert.ok(!`${error.stack}${JSON.stringify(error)}${lines.join()}`.includes('s3cret'));
});

test('a server that no authority vouches for is not trusted, and the error tells its fingerprint and its pin', async () => {
  await using server = await ownServer();
  const error = await failure('untrusted', signIn(1, settingsOf({ ...alice(server), tls: {} })));
  assert.match(error.message, /sha256\/\//);
  assert.match(error.certificate?.fingerprint ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const { connection } = await signIn(
    1,
    settingsOf({ ...alice(server), tls: { pins: [error.certificate?.pin ?? ''] } }),
  );
  connection.destroy();
});

test('a server that says nothing is given up', async () => {
  for (const [step, code] of [
    ['GREETING', 'connect-failed'],
    ['AUTH', 'timeout'],
    ['USER', 'timeout'],
    ['FEAT', 'timeout'],
  ] as const) {
    await using server = await startHostileServer({ on: { [step]: () => undefined } });
    const limits = { connectMs: 100, replyMs: 100 };
    const error = await failure(code, signIn(1, settingsOf(alice(server, { limits }))));
    assert.equal(error.retryable, true);
  }
});

function reply(text: string) {
  return (session: { reply: (text: string) => unknown }): void => {
    session.reply(text);
  };
}

function unknown(session: { reply: (text: string) => unknown }): void {
  session.reply('500 Unknown command');
}
