import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { totpCode } from '../../src/identity/index.ts';
import { RawSsh } from '../../src/testing/raw-sftp.ts';
import { makeKeyPair } from '../../src/testing/running-sftp.ts';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

// CVE-2022-36071: a second factor that one protocol asks for, and another one does not.

const PASSWORD = 'correct horse 4 battery';
const CONFIGURATION =
  'limits: { failedLoginDelayMs: 0, maxFailedLoginDelayMs: 0, banAfterFailedLogins: 100, maxFailedLogins: 50 }\n';

async function started(context: TestContext, workers: number) {
  const dataDir = await temporaryDirectory(context);
  const config = join(dataDir, 'lockport.yaml');
  await writeFile(config, CONFIGURATION);
  const server = await serve(context, dataDir, ['--config', config, '--sftp-port', '0', '--workers', String(workers)]);
  await server.firstAccount();
  const run = async (args: readonly string[], input = '') => {
    const outcome = await lockport([...args, '--data-dir', dataDir], { input: `${input}\n` });
    assert.equal(outcome.code, 0, outcome.errors);
    return outcome.output;
  };
  await run(['user', 'add', 'anna', '--password-stdin'], PASSWORD);
  /** The newest step that was used: each code is taken once. */
  let step = Math.floor(Date.now() / 30_000) - 2;
  const factor = async () => {
    const { secret, uri } = JSON.parse(await run(['user', 'totp', 'anna', '--json']));
    assert.ok(uri.startsWith('otpauth://totp/') && uri.includes(secret));
    step = Math.floor(Date.now() / 30_000) - 2;
    return {
      secret: String(secret),
      /** A code that is right now and was not used; a second factor has three of these at a time. */
      next: () => {
        step += 1;
        return totpCode(secret, step);
      },
    };
  };
  const ftp = async () => {
    const client = await server.connect();
    await client.expect(220);
    await client.expect(234, 'AUTH TLS');
    await client.secure();
    return client;
  };
  /** Signs in by the methods in their order, with these answers to what is asked. */
  const sftp = (methods: readonly object[], answers: readonly string[] = []) => {
    const [left, texts] = [[...methods], [...answers]];
    const prompts: string[] = [];
    const prompt = (...given: readonly unknown[]) => {
      const [asked, finish] = given.slice(-2) as [readonly { prompt: string }[], (answers: readonly string[]) => void];
      prompts.push(...asked.map((each) => each.prompt));
      finish(asked.map(() => texts.shift() ?? ''));
    };
    const authHandler = (_methods: unknown, _partial: unknown, next: (method: unknown) => void) =>
      next(left.length > 0 ? { username: 'anna', prompt, ...left.shift() } : false);
    return RawSsh.connect({ port: server.port('sftp'), authHandler } as never).then((ssh) => ({ ssh, prompts }));
  };
  return { server, run, factor, ftp, sftp };
}

const BY_PASSWORD = { type: 'password', password: PASSWORD };
const ASKED = { type: 'keyboard-interactive' };

for (const workers of [1, 2]) {
  test(`a second factor is asked for over each protocol, and its codes are taken once among all (workers: ${workers})`, async (context) => {
    const { server, run, factor, ftp, sftp } = await started(context, workers);
    // Each change ends the sessions that are open: a login after that is not met by it.
    const first = await ftp();
    await first.expect(331, 'USER anna');
    await first.expect(230, `PASS ${PASSWORD}`);
    let { secret, next } = await factor();
    assert.equal((await first.ended()).at(-1)?.code, 421);
    const client = await ftp();
    await client.expect(331, 'USER anna');
    await client.expect(332, `PASS ${PASSWORD}`);
    await client.expect(530, 'PWD');
    const code = next();
    await client.expect(230, `ACCT ${code}`);
    await client.expect(257, 'PWD');
    await client.expect(202, 'ACCT x');
    await assert.rejects(sftp([BY_PASSWORD]));
    await assert.rejects(sftp([ASKED], [PASSWORD, code]));
    const { ssh, prompts } = await sftp([ASKED], [PASSWORD, next()]);
    assert.deepEqual(prompts, ['Password: ', 'Code of your authenticator: ']);
    ssh.client.end();
    const two = await sftp([BY_PASSWORD, ASKED], [next()]);
    assert.deepEqual(two.prompts, ['Code of your authenticator: ']);
    two.ssh.client.end();

    ({ secret, next } = await factor());
    assert.equal((await client.ended()).at(-1)?.code, 421);
    const other = await ftp();
    await other.expect(331, 'USER anna');
    await other.expect(332, `PASS ${PASSWORD}`);
    await other.expect(530, 'ACCT 000000');
    await other.expect(202, `ACCT ${next()}`);
    await other.expect(331, 'USER anna');
    await other.expect(332, `PASS ${PASSWORD}`);
    await other.expect(331, 'USER anna');
    await other.expect(230, `PASS ${PASSWORD}${next()}`);
    const appended = await sftp([{ type: 'password', password: `${PASSWORD}${next()}` }]);
    appended.ssh.client.end();

    const shown = JSON.parse(await run(['user', 'show', 'anna', '--json']));
    assert.equal(shown.hasTotp, true);
    const trail = await run(['audit', 'search', '--json']);
    for (const reason of ['wrong code, or one that was used', 'no code of its authenticator followed', 'totp-set'])
      assert.ok(trail.includes(reason), reason);
    for (const place of [trail, JSON.stringify(shown), server.output, server.errors]) {
      assert.ok(!place.includes(secret) && !place.includes(PASSWORD));
    }
    await run(['user', 'totp', 'anna', '--remove']);
    assert.equal((await other.ended()).at(-1)?.code, 421);
    const last = await ftp();
    await last.expect(331, 'USER anna');
    await last.expect(230, `PASS ${PASSWORD}`);
  });
}

test('a key opens an account with a second factor, until that is asked for at each login', async (context) => {
  const { run, factor, sftp } = await started(context, 1);
  const { privateKey, line } = await makeKeyPair();
  await run(['user', 'key', 'add', 'anna', line]);
  const byKey = { type: 'publickey', key: privateKey };
  const before = await sftp([byKey]);
  const { next } = await factor();
  await before.ssh.closed;
  const without = await sftp([byKey]);
  await run(['user', 'set', 'anna', '--second-factor', 'always']);
  await without.ssh.closed;
  await assert.rejects(sftp([byKey]));
  await assert.rejects(sftp([byKey, ASKED], ['000000']));
  const { ssh, prompts } = await sftp([byKey, ASKED], [next()]);
  assert.deepEqual(prompts, ['Code of your authenticator: ']);
  ssh.client.end();
  const trail = await run(['audit', 'search', '--json']);
  assert.match(trail, /no code of its authenticator followed/);
});
