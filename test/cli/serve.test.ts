import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { testCertificate } from '../../src/testing/certificates.ts';
import { RawClient } from '../../src/testing/raw-client.ts';
import { BIN, lockport, serve, temporaryDirectory } from './lockport-process.ts';

test('the first start makes all it needs and tells the password once; the second keeps all and tells no secret', async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  const first = await serve(context, dataDir);
  const { account, password, fingerprint } = await first.firstAccount();
  assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  await using client = await first.connect();
  await client.signIn(account, password);
  await client.upload('STOR kept.txt', 'kept');
  await client.expect(221, 'QUIT');
  first.signal('SIGTERM');
  assert.equal(await first.ended(), 0);

  const second = await serve(context, dataDir);
  await using again = await second.connect();
  await again.signIn(account, password);
  assert.equal((await again.download('RETR kept.txt')).toString(), 'kept');
  assert.equal(second.errors, '');
  assert.ok(!`${first.output}${second.output}`.includes(password));
  assert.ok(!/scrypt|PRIVATE KEY/.test(`${first.output}${second.output}`));

  const socket = connect({
    host: '127.0.0.1',
    port: second.port('implicit'),
    rejectUnauthorized: false,
    ALPNProtocols: ['ftp'],
  });
  await once(socket, 'secureConnect');
  assert.equal(socket.getPeerCertificate().fingerprint256, fingerprint);
  socket.destroy();
});

test('a second server on the same data directory is refused', async (context) => {
  const dataDir = await temporaryDirectory(context);
  await serve(context, dataDir);
  const { code, errors } = await lockport([
    'serve',
    '--data-dir',
    dataDir,
    '--explicit-port',
    '0',
    '--implicit-port',
    '0',
  ]);
  assert.equal(code, 1);
  assert.match(errors, /^lockport: Another Lockport server uses .*--data-dir\n$/);
});

test('a port that was asked for and is taken is an error that names the flag', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  context.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const dataDir = await temporaryDirectory(context);
  const args = [
    'serve',
    '--data-dir',
    dataDir,
    '--listen',
    '127.0.0.1',
    '--explicit-port',
    '0',
    '--implicit-port',
    `${port}`,
  ];
  const { code, errors, output } = await lockport(args);
  assert.equal(code, 1);
  assert.match(errors, new RegExp(`Another program listens on port ${port} of 127.0.0.1 .*--implicit-port N`));
  assert.ok(!errors.includes('    at '), 'no stack trace');
  assert.ok(!output.includes('Listening'));
});

test('a first start that could not listen has given no account away', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const failed = await lockport(['serve', '--data-dir', dataDir, '--listen', '203.0.113.1', '--explicit-port', '0']);
  assert.equal(failed.code, 1);
  assert.match(failed.errors, /This machine has no address 203\.0\.113\.1/);
  const server = await serve(context, dataDir);
  assert.equal((await server.firstAccount()).account, 'admin');
});

test('SIGTERM sends the idle away with 421, lets a transfer end, and ends with 0', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  const { account, password } = await server.firstAccount();
  await using idle = await server.connect();
  await idle.signIn(account, password);
  await using busy = await server.connect();
  await busy.signIn(account, password);
  const port = await busy.passive();
  await using data = await busy.data(port);
  await busy.expect(150, 'STOR late.txt');

  server.signal('SIGTERM');
  assert.deepEqual(
    (await idle.ended()).map(({ code }) => code),
    [421],
  );
  await assert.rejects(RawClient.connect({ port: server.port('explicit') }), { code: 'ECONNREFUSED' });
  await data.send(Buffer.from('whole'));
  await busy.expect(226);
  await busy.ended();
  assert.equal(await server.ended(), 0);
  assert.equal(await readFile(join(server.dataDir, 'files', 'late.txt'), 'utf8'), 'whole');
  assert.equal(server.log.at(-1)?.['event'], 'stopped');
});

test('a second SIGTERM does not wait for transfers', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  const { account, password } = await server.firstAccount();
  await using busy = await server.connect();
  await busy.signIn(account, password);
  const port = await busy.passive();
  await using _data = await busy.data(port);
  await busy.expect(150, 'STOR never.txt');
  server.signal('SIGTERM');
  await server.event(({ event }) => event === 'draining');
  server.signal('SIGTERM');
  await server.ended();
});

test('SIGHUP takes a new certificate for new sessions and leaves live ones alone; a bad file changes nothing', async (context) => {
  const directory = await temporaryDirectory(context);
  const [one, two] = [await testCertificate(['localhost']), await testCertificate(['localhost'])];
  const install = async ({ certificate, key }: { certificate: string; key: string }) => {
    await writeFile(join(directory, 'certificate.pem'), certificate);
    await writeFile(join(directory, 'key.pem'), key);
  };
  const yaml = 'tls:\n  certificates:\n    - {certificate: certificate.pem, key: key.pem}\n';
  const config = join(directory, 'lockport.yaml');
  await writeFile(config, yaml);
  await install(one);
  const server = await serve(context, join(directory, 'data'), ['--config', config]);
  const { account, password } = await server.firstAccount();
  const enter = async (ca: string) => {
    const client = await RawClient.connect({ port: server.port('explicit'), tls: { ca } });
    await client.signIn(account, password);
    return client;
  };
  await using live = await enter(one.certificate);

  await install(two);
  server.signal('SIGHUP');
  await server.event(({ event, message }) => event === 'notice' && /reloaded/.test(String(message)));
  await using _fresh = await enter(two.certificate);
  await live.upload('STOR still.txt', 'still here');

  await writeFile(config, `${yaml}  profil: modern\n`);
  server.signal('SIGHUP');
  const { message } = await server.event(({ message }) => String(message).startsWith('Not reloaded'));
  assert.match(String(message), /lockport\.yaml:4:3: tls\.profil: unknown key; did you mean "profile"\?$/);
  await using _unchanged = await enter(two.certificate);
});

test('what needs a restart is said at a reload', async (context) => {
  const directory = await temporaryDirectory(context);
  const config = join(directory, 'lockport.yaml');
  await writeFile(config, 'digestTransfers: false\n');
  const server = await serve(context, join(directory, 'data'), ['--config', config]);
  await writeFile(
    config,
    'digestTransfers: true\nstorage: {durability: fast}\nfiles: {mode: 640}\nlimits: {banMs: 1000}\n',
  );
  server.signal('SIGHUP');
  const { message } = await server.event(({ message }) => /next start/.test(String(message)));
  assert.equal(message, 'Changed, and taking effect at the next start: storage, files, limits.banMs');
});

test('plain FTP says so at every start', async (context) => {
  const server = await serve(context, await temporaryDirectory(context), [], {
    environment: { LOCKPORT_PLAIN_FTP_LOGIN: 'allow-passwords-in-clear' },
  });
  await server.event(({ level, message }) => level === 'warn' && /passwords may travel in clear/.test(String(message)));
});

test('the working directory’s lockport.yaml is taken, and a wrong variable is told', async (context) => {
  const cwd = await temporaryDirectory(context);
  await writeFile(join(cwd, 'lockport.yaml'), 'greeting: A greeting of its own\n');
  const server = await serve(context, join(cwd, 'data'), [], { cwd, environment: { LOCKPORT_GREETINGS: 'x' } });
  await using client = await server.connect();
  assert.match((await client.expect(220)).lines.join(), /A greeting of its own/);
  await server.event(({ message }) => /did you mean LOCKPORT_GREETING\?/.test(String(message)));
});

test('wrong flags and wrong configuration end with 2, in plain words', async (context) => {
  const directory = await temporaryDirectory(context);
  const config = join(directory, 'mine.yaml');
  await writeFile(config, 'tls:\n  profile: modem\n');
  const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['serve', '--implicit-prot', '1'], /unknown option '--implicit-prot'\n\(Did you mean --implicit-port\?\)/],
    [['serve', '--no-explicit', '--no-implicit'], /--no-implicit: implicit\.enabled: .*nothing listens/],
    [
      ['serve', '--config', config],
      /mine\.yaml:2:12: tls\.profile: expected one of modern, intermediate, fips, got "modem"/,
    ],
    [['serv'], /unknown command 'serv'/],
    [[], /Usage: lockport/],
  ];
  for (const [args, message] of mistakes) {
    const { code, errors } = await lockport(args, { cwd: directory });
    assert.match(errors, message);
    assert.equal(code, 2, args.join(' '));
    assert.ok(!errors.includes('    at '), errors);
  }
});

test('the help tells what a flag turns off, and what may be chosen', async () => {
  const help = (await lockport(['serve', '--help'])).output.replaceAll(/\s+/g, ' ');
  assert.match(help, /--no-implicit do without: TLS from the first byte/);
  assert.match(help, /--log <value> [^(]*\(choices: pretty, json\)/);
  assert.match(help, /--log-level <value> [^(]*\(choices: debug, info, warn, error\)/);
});

test('--version prints what the verb version prints', async () => {
  const [flag, verb] = [await lockport(['--version']), await lockport(['version'])];
  assert.match(flag.output, /^lockport \d+\.\d+\.\d+ \(Node v\d+.*\)\n$/);
  assert.deepEqual(flag, verb);
});

test('the launcher works through links, and says what is missing in a bare clone', async (context) => {
  const directory = await temporaryDirectory(context);
  await symlink(BIN, join(directory, 'one'));
  await symlink('one', join(directory, 'two'));
  const { output } = await lockport(['version'], { bin: join(directory, 'two') });
  assert.match(output, /^lockport \d+\.\d+\.\d+ \(Node v\d+/);

  await mkdir(join(directory, 'clone', 'bin'), { recursive: true });
  await cp(BIN, join(directory, 'clone', 'bin', 'lockport'));
  const bare = await lockport(['version'], { bin: join(directory, 'clone', 'bin', 'lockport') });
  assert.equal(bare.code, 1);
  assert.match(bare.errors, /run "npm ci" in/);
});
