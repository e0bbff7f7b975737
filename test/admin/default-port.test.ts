import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';

/** The port of the console has somebody, whether that is this test or another program of the machine. */
async function takeDefaultPort(context: TestContext): Promise<void> {
  const other = createServer().listen(8990, '127.0.0.1');
  await Promise.race([once(other, 'listening'), once(other, 'error')]);
  context.after(() => other.close());
}

test('the console is on without a setting, and where its port is taken the server serves and says so', async (context) => {
  await takeDefaultPort(context);
  const environment = { LOCKPORT_ADMIN_ENABLED: '' };
  const server = await serve(context, await temporaryDirectory(context), [], { environment });
  const warning = await server.event(({ message }) => String(message).includes('8990'));
  assert.match(
    String(warning['message']),
    /^Port 8990 of 127\.0\.0\.1, for administrators, is taken by another program\. The server serves without .* --admin-port N/,
  );
  await using client = await server.connect();
  const { account, password } = await server.firstAccount();
  await client.signIn(account, password);
});

test('a port of the console that somebody has chosen, and that is taken, ends the start', async (context) => {
  await takeDefaultPort(context);
  const dataDir = await temporaryDirectory(context);
  const ports = ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0', '--admin-port', '8990'];
  const { code, errors } = await lockport(['serve', '--data-dir', dataDir, ...ports]);
  assert.notEqual(code, 0);
  assert.match(errors, /Port 8990 of 127\.0\.0\.1, for administrators, is taken by another program: choose another/);
});
