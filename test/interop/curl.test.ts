import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestOf, digestsOf, ODD_NAMES, SIZES, writeFiles } from './sample-files.ts';
import { testWith } from './tool.ts';

const withCurl = (title: string, body: Parameters<typeof testWith>[2]) => testWith('curl', title, body);

suite('curl', () => {
  let server: TestServer;
  let local: string;

  before(async () => {
    server = await startTestServer();
    local = await mkdtemp(join(tmpdir(), 'lockport-curl-'));
    await writeFiles(local, SIZES);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(local, { recursive: true });
  });

  const explicit = (path: string) => `ftp://localhost:${server.explicitPort}/${encodeURI(path)}`;
  const implicit = (path: string) => `ftps://localhost:${server.implicitPort}/${encodeURI(path)}`;
  const options = (...more: readonly string[]) => [
    '--silent',
    '--show-error',
    '--disable',
    '--globoff',
    '--ssl-reqd',
    '--cacert',
    server.certificateFile,
    '--user',
    'alice:wonderland',
    ...more,
  ];

  for (const [mode, url] of [
    ['explicit', explicit],
    ['implicit', implicit],
  ] as const) {
    for (const version of ['1.2', '1.3']) {
      withCurl(`moves files of every size both ways, ${mode}, TLS ${version}`, async (curl) => {
        for (const name of Object.keys(SIZES)) {
          const tls = ['--tls-max', version, `--tlsv${version}`];
          const remote = `${mode}-${version}-${name}`;
          await curl.run(options(...tls, '--upload-file', join(local, name), url(remote)));
          await curl.run(options(...tls, '--output', join(local, 'back'), url(remote)));
          assert.equal(await digestOf(join(server.root, remote)), await digestOf(join(local, name)));
          assert.equal(await digestOf(join(local, 'back')), await digestOf(join(local, name)));
        }
      });
    }
  }

  withCurl('moves files with odd names both ways, in directories that it makes', async (curl) => {
    const from = await mkdtemp(join(local, 'odd-'));
    const to = await mkdtemp(join(local, 'back-'));
    await writeFiles(from, Object.fromEntries(ODD_NAMES.map((name, index) => [name, index * 1000])));
    const at = (name: string) => `ftp://localhost:${server.explicitPort}/odd/deep%20er/${encodeURIComponent(name)}`;
    for (const name of ODD_NAMES) {
      // One by one: it uses a TLS 1.3 ticket once, and an upload brings no new one.
      await curl.run(options('--ftp-create-dirs', '--upload-file', join(from, name), at(name)));
    }
    const downloads = ODD_NAMES.flatMap((name) => ['--output', join(to, name), at(name)]);
    await curl.run(options(...downloads));
    assert.deepEqual(await digestsOf(join(server.root, 'odd/deep er')), await digestsOf(from));
    assert.deepEqual(await digestsOf(to), await digestsOf(from));
  });

  // Not in TLS 1.3: it uses a ticket once and keeps one, for all of its connections.
  withCurl('moves many files at once, each over a connection of its own, TLS 1.2', async (curl) => {
    const from = await mkdtemp(join(local, 'many-'));
    const to = await mkdtemp(join(local, 'many-back-'));
    const names = Array.from({ length: 12 }, (_, index) => String(index));
    await writeFiles(from, Object.fromEntries(names.map((name, index) => [name, index * 5003])));
    const parallel = ['--tls-max', '1.2', '--parallel', '--parallel-immediate', '--ftp-create-dirs'];
    const uploads = names.flatMap((name) => ['--upload-file', join(from, name), explicit('many/')]);
    await curl.run(options(...parallel, ...uploads));
    const downloads = names.flatMap((name) => ['--output', join(to, name), explicit(`many/${name}`)]);
    await curl.run(options(...parallel, ...downloads));
    assert.deepEqual(await digestsOf(join(server.root, 'many')), await digestsOf(from));
    assert.deepEqual(await digestsOf(to), await digestsOf(from));
  });

  withCurl('uploads several files over one connection, TLS 1.2', async (curl) => {
    const from = await mkdtemp(join(local, 'several-'));
    await writeFiles(from, { one: 1000, two: 200_000, three: 0 });
    const uploads = ['one', 'two', 'three'].flatMap((name) => [
      '--upload-file',
      join(from, name),
      explicit('several/'),
    ]);
    await curl.run(options('--tls-max', '1.2', '--ftp-create-dirs', ...uploads));
    assert.deepEqual(await digestsOf(join(server.root, 'several')), await digestsOf(from));
  });

  withCurl('lists a directory, long and by name', async (curl) => {
    await writeFiles(join(server.root, 'listed'), { 'one file': 11, two: 22 });
    assert.match(await curl.run(options(explicit('listed/'))), /^-rw\S+ +1 \S+ +\S+ +11 .* one file\r?$/m);
    const names = await curl.run(options('--list-only', explicit('listed/')));
    assert.deepEqual(names.split(/\r?\n/).toSorted(), ['', 'one file', 'two']);
  });

  withCurl('resumes a download', async (curl) => {
    await writeFiles(server.root, { 'resume-down': 300_000 });
    const cut = join(local, 'resume-down');
    await writeFile(cut, (await readFile(join(server.root, 'resume-down'))).subarray(0, 123_456));
    await curl.run(options('--continue-at', '-', '--output', cut, explicit('resume-down')));
    assert.equal(await digestOf(cut), await digestOf(join(server.root, 'resume-down')));
  });

  withCurl('resumes an upload', async (curl) => {
    await writeFiles(local, { 'resume-up': 300_000 });
    const whole = join(local, 'resume-up');
    await curl.run(options('--upload-file', whole, explicit('resume-up')));
    await truncate(join(server.root, 'resume-up'), 123_456);
    await curl.run(options('--continue-at', '-', '--upload-file', whole, explicit('resume-up')));
    assert.equal(await digestOf(join(server.root, 'resume-up')), await digestOf(whole));
  });

  withCurl('appends', async (curl) => {
    await writeFile(join(server.root, 'log'), 'one ');
    await writeFile(join(local, 'more'), 'two');
    await curl.run(options('--append', '--upload-file', join(local, 'more'), explicit('log')));
    assert.equal(await readFile(join(server.root, 'log'), 'utf8'), 'one two');
  });

  withCurl('keeps times, and deletes, renames and makes directories by quoted commands', async (curl) => {
    await writeFiles(server.root, { 'quoted file': 10 });
    const commands = ['MFMT 20200102030405 quoted file', 'MKD quoted', 'RNFR quoted file', 'RNTO quoted/moved'];
    await curl.run(options(...commands.flatMap((command) => ['--quote', command]), explicit('')));
    const head = await curl.run(options('--head', explicit('quoted/moved')));
    assert.match(head, /Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT/);
    assert.match(head, /Content-Length: 10/);
    await curl.run(options('--quote', 'DELE quoted/moved', '--quote', 'RMD quoted', explicit('')));
  });

  withCurl('is refused in active mode, which is off', async (curl) => {
    const { code } = await curl.attempt(options('--ftp-port', '127.0.0.1', explicit('')));
    assert.equal(code, 30, 'CURLE_FTP_PORT_FAILED');
  });

  withCurl('is refused in clear and with a wrong password', async (curl) => {
    const inClear = await curl.attempt(['--silent', '--user', 'alice:wonderland', explicit('')]);
    assert.equal(inClear.code, 67, 'CURLE_LOGIN_DENIED');
    const wrong = await curl.attempt(options('--user', 'alice:builder', explicit('')));
    assert.equal(wrong.code, 67);
  });
});
