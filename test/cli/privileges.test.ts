import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { testCertificate } from '../../src/testing/certificates.ts';
import { lockport, NOBODY, serve, temporaryDirectory } from './lockport-process.ts';

/** Linux has a whole net of loopback addresses: on one of its own a test may have the standard ports. */
function addressOfOurOwn(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

/**
 * Runs the body where root runs the tests on Linux, so that both who has privilege and who has none can be tried.
 * `ports`: those that the body takes; a program on all addresses of the machine would be in the way.
 */
function testAsRoot(title: string, ports: readonly number[], body: (context: TestContext) => Promise<void>): void {
  const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
  test(title, { skip: isRoot ? false : 'needs root on Linux' }, async (context) => {
    if (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) < 991) {
      return context.skip('this machine lets everybody have the standard ports');
    }
    for (const port of ports) {
      if (!(await isFree(port))) return context.skip(`another program listens on port ${port}`);
    }
    return body(context);
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return isFree;
}

testAsRoot(
  'without privilege for 21 and 990 the server takes 2121 and 2990, and says so',
  [2121, 2990],
  async (context) => {
    const dataDir = join(await temporaryDirectory(context), 'data');
    const server = await serve(context, dataDir, ['--listen', addressOfOurOwn()], { uid: NOBODY });
    assert.deepEqual([server.port('explicit'), server.port('implicit')], [2121, 2990]);
    const notices = server.log.filter(({ event }) => event === 'notice').map(({ message }) => message);
    assert.deepEqual(notices, [
      'Port 21 needs privilege that this process lacks: taking 2121',
      'Port 990 needs privilege that this process lacks: taking 2990',
    ]);
    const { account, password } = await server.firstAccount();
    await using client = await server.connect();
    await client.signIn(account, password);
  },
);

testAsRoot('a privileged port that was asked for is an error that says what to do', [21], async (context) => {
  const dataDir = await temporaryDirectory(context);
  const args = ['serve', '--data-dir', dataDir, '--listen', addressOfOurOwn(), '--explicit-port', '21'];
  const { code, errors } = await lockport(args, { uid: NOBODY });
  assert.equal(code, 1);
  assert.match(errors, /No privilege to listen on port 21 .*CAP_NET_BIND_SERVICE.*--explicit-port N/);
});

testAsRoot(
  'started as root it becomes the named user once the standard ports are open, at each start',
  [21, 990],
  async (context) => {
    const dataDir = join(await temporaryDirectory(context), 'data');
    const environment = { LOCKPORT_RUN_AS_USER: 'nobody' };
    const listen = ['--listen', addressOfOurOwn()];
    const server = await serve(context, dataDir, listen, { environment });
    assert.deepEqual([server.port('explicit'), server.port('implicit')], [21, 990]);
    const { account, password } = await server.firstAccount();
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\s+${NOBODY}\\s+${NOBODY}\\s+${NOBODY}\\s+${NOBODY}$`, 'm'));
    assert.match(status, new RegExp(`^Groups:\\s+${NOBODY} ?$`, 'm'));
    assert.match(status, /^CapEff:\s+0+$/m);
    assert.deepEqual(
      server.log.filter(({ level }) => level === 'warn'),
      [],
    );

    await using client = await server.connect();
    await client.signIn(account, password);
    await client.upload('STOR mine.txt', 'mine');
    assert.equal((await stat(join(dataDir, 'files', 'mine.txt'))).uid, NOBODY);

    // Root adds an account: what it makes must not lock the server out.
    const added = await lockport(['user', 'add', 'anna', '--password-stdin', '--data-dir', dataDir], {
      input: 'long enough for anna',
    });
    assert.equal(added.code, 0, added.errors);
    await using anna = await server.connect();
    await anna.signIn('anna', 'long enough for anna');
    await anna.upload('STOR hers.txt', 'hers');

    for (const each of [client, anna]) await each.expect(221, 'QUIT');
    server.signal('SIGTERM');
    assert.equal(await server.ended(), 0);
    const second = await serve(context, dataDir, listen, { environment });
    await using again = await second.connect();
    await again.signIn(account, password);
    assert.equal((await again.download('RETR anna/hers.txt')).toString(), 'hers');
  },
);

testAsRoot('with certificates of the operator it becomes the named user just as well', [], async (context) => {
  const directory = await temporaryDirectory(context);
  const { certificate, key } = await testCertificate(['localhost']);
  await writeFile(join(directory, 'certificate.pem'), certificate);
  await writeFile(join(directory, 'key.pem'), key, { mode: 0o600 });
  await chown(join(directory, 'key.pem'), NOBODY, NOBODY);
  const config = join(directory, 'lockport.yaml');
  await writeFile(
    config,
    'runAs: {user: nobody}\ntls: {certificates: [{certificate: certificate.pem, key: key.pem}]}\n',
  );
  const server = await serve(context, join(directory, 'data'), ['--config', config]);
  await server.firstAccount();
  assert.match(await readFile(`/proc/${server.pid}/status`, 'utf8'), new RegExp(`^Uid:\\s+${NOBODY}\\s`, 'm'));
  const added = await lockport(['user', 'add', 'anna', '--password-stdin', '--data-dir', server.dataDir], {
    input: 'long enough for anna',
  });
  assert.equal(added.code, 0, added.errors);
  assert.equal((await stat(join(server.dataDir, 'files', 'anna'))).uid, NOBODY);
});

testAsRoot(
  'a key that the named user can not read is an error at once, and not at the first reload',
  [],
  async (context) => {
    const directory = await temporaryDirectory(context);
    const { certificate, key } = await testCertificate(['localhost']);
    await writeFile(join(directory, 'certificate.pem'), certificate);
    await writeFile(join(directory, 'key.pem'), key, { mode: 0o600 });
    const config = join(directory, 'lockport.yaml');
    await writeFile(
      config,
      'runAs: {user: nobody}\ntls: {certificates: [{certificate: certificate.pem, key: key.pem}]}\n',
    );
    const dataDir = join(directory, 'data');
    for (const args of [
      ['config', 'check', config],
      ['serve', '--config', config, '--data-dir', dataDir, '--explicit-port', '0', '--implicit-port', '0'],
    ]) {
      const { code, errors } = await lockport(args);
      assert.match(errors, /key\.pem: the user nobody \(runAs\) may not read it, and has to at each reload: make it/);
      assert.equal(code, 2);
    }
    await assert.rejects(stat(dataDir), { code: 'ENOENT' });
  },
);

testAsRoot('an account whose home can not be made is not made either', [], async (context) => {
  const server = await serve(context, join(await temporaryDirectory(context), 'data'), [], {
    environment: { LOCKPORT_RUN_AS_USER: 'nobody' },
  });
  await server.firstAccount();
  await chown(join(server.dataDir, 'files'), 0, 0);
  const user = (args: readonly string[]) =>
    lockport(['user', ...args, '--data-dir', server.dataDir], { input: 'long enough for anna' });
  assert.equal((await user(['add', 'anna', '--password-stdin'])).code, 1);
  assert.doesNotMatch((await user(['list'])).output, /anna/);
});

testAsRoot('data of another user is told from data that is not there', [], async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  const server = await serve(context, dataDir);
  await server.firstAccount();
  for (const args of [
    ['user', 'list'],
    ['cert', 'show'],
  ]) {
    const { code, errors } = await lockport([...args, '--data-dir', dataDir], { uid: NOBODY });
    assert.equal(code, 1);
    assert.match(errors, /^lockport: .*data.* may not be read by this user: run this as its owner, or as root\n$/);
  }
});

testAsRoot('a server that stays root says so', [], async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.event(({ level, message }) => level === 'warn' && /Running as root/.test(String(message)));
});

testAsRoot('an unknown user in runAs is an error before anything is made', [], async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  const { code, errors } = await lockport(['serve', '--data-dir', dataDir], {
    environment: { LOCKPORT_RUN_AS_USER: 'nobody-of-that-name' },
  });
  assert.equal(code, 2);
  assert.match(errors, /runAs\.user: there is no user nobody-of-that-name on this machine/);
  await assert.rejects(stat(dataDir), { code: 'ENOENT' });
});

testAsRoot('a files directory that the server may not write is told at the start', [2121, 2990], async (context) => {
  const directory = await temporaryDirectory(context);
  const root = await temporaryDirectory(context);
  await chmod(root, 0o555);
  const args = ['--root', root, '--listen', addressOfOurOwn()];
  const server = await serve(context, join(directory, 'data'), args, { uid: NOBODY });
  await server.event(({ level, message }) => level === 'warn' && String(message).includes(root));
});
