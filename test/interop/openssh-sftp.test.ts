import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, suite } from 'node:test';
import type { PublicKeyLine } from '../../src/core/index.ts';
import { PASSWORDS } from '../../src/testing/running-server.ts';
import { makeKeyPair, startTestSftp, type TestSftp } from '../../src/testing/running-sftp.ts';
import { digestsOf, ODD_NAMES, SIZES, writeFiles } from './sample-files.ts';
import { type Outcome, type Tool, testWith } from './tool.ts';

const withSftp = (title: string, body: Parameters<typeof testWith>[2]) => testWith('sftp', title, body);

suite("OpenSSH's sftp", () => {
  let server: TestSftp;
  let local: string;
  let key: string;
  let line: PublicKeyLine;

  before(async () => {
    local = await mkdtemp(join(tmpdir(), 'lockport-openssh-'));
    key = join(local, 'key');
    const pair = await makeKeyPair();
    line = pair.line;
    await writeFile(key, pair.privateKey, { mode: 0o600 });
    // Keys are exchanged anew in the middle of each larger transfer.
    server = await startTestSftp({ account: { authorizedKeys: [line] }, limits: { sshRekeyBytes: 3_000_000 } });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(local, { recursive: true });
  });

  async function play(
    sftp: Tool,
    commands: readonly string[],
    flags: readonly string[] = [],
    port = server.port,
  ): Promise<Outcome> {
    const options = [
      'StrictHostKeyChecking=no',
      `UserKnownHostsFile=${join(local, 'known_hosts')}`,
      'IdentitiesOnly=yes',
    ];
    await writeFile(join(local, 'batch'), `${commands.join('\n')}\n`);
    return sftp.attempt([
      '-q',
      '-F',
      '/dev/null',
      '-i',
      key,
      '-P',
      String(port),
      '-b',
      join(local, 'batch'),
      ...options.flatMap((option) => ['-o', option]),
      ...flags,
      'alice@127.0.0.1',
    ]);
  }

  async function succeed(
    sftp: Tool,
    commands: readonly string[],
    flags: readonly string[] = [],
    port = server.port,
  ): Promise<string> {
    const { code, output, errors } = await play(sftp, commands, flags, port);
    assert.equal(code, 0, `${errors}\n${output}`);
    return output;
  }

  // OpenSSH 9.2 itself can't send writes of 262,144 bytes.
  for (const flags of [[], ['-R', '64', '-B', '261120'], ['-R', '1', '-B', '1000']]) {
    withSftp(`moves trees of files of every size both ways (${flags.join(' ') || 'as it is'})`, async (sftp) => {
      const from = await mkdtemp(join(local, 'from-'));
      const to = await mkdtemp(join(local, 'to-'));
      await writeFiles(from, SIZES);
      const remote = `tree-${flags.length}-${flags.at(-1) ?? ''}`;
      await mkdir(join(from, 'inner'));
      await writeFile(join(from, 'inner', 'last'), 'x');
      await succeed(sftp, [`mkdir ${remote}`, `put -r ${from}/* ${remote}/`, `get -r ${remote}/* ${to}/`], flags);
      assert.deepEqual(await digestsOf(to), await digestsOf(from));
      assert.deepEqual(await digestsOf(join(server.root, remote)), await digestsOf(from));
    });
  }

  withSftp('works on names, modes and times', async (sftp) => {
    const file = join(local, 'file');
    await writeFile(file, 'content');
    await chmod(file, 0o640);
    const output = await succeed(sftp, [
      'mkdir work',
      'cd work',
      'pwd',
      `put -p ${file} one`,
      'rename one two',
      'ls -la',
      'chmod 600 two',
      'ls -l',
      'df -h',
      'df -i',
      'mkdir inner',
      'rmdir inner',
    ]);
    assert.match(output, /Remote working directory: \/work/);
    assert.match(output, /-rw-r-----.* two/);
    assert.match(output, /-rw-------.* two/);
    const [there, here] = await Promise.all([stat(join(server.root, 'work/two')), stat(file)]);
    assert.equal(Math.floor(there.mtimeMs / 1000), Math.floor(here.mtimeMs / 1000));
    await succeed(sftp, ['rm work/two', 'rmdir work']);
    assert.equal((await play(sftp, ['ls work'])).code, 1);
  });

  for (const [keyUse, methods, code] of [
    ['instead-of-password', 'keyboard-interactive', 0],
    ['with-password', 'publickey,password', 0],
    ['with-password', 'publickey,keyboard-interactive', 0],
    ['with-password', 'publickey', 255],
    ['with-password', 'keyboard-interactive', 255],
  ] as const) {
    withSftp(`signs in by ${methods}, where a key is ${keyUse}`, async (sftp) => {
      await using other = await startTestSftp({ account: { authorizedKeys: [line], keyUse } });
      const ask = join(local, 'ask');
      await writeFile(ask, `#!/bin/sh\necho ${PASSWORDS['alice'] ?? ''}\n`, { mode: 0o700 });
      await writeFile(join(local, 'batch'), 'pwd\n');
      const options = [
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'IdentitiesOnly=yes',
        'NumberOfPasswordPrompts=1',
        `PreferredAuthentications=${methods}`,
        'BatchMode=no',
      ].flatMap((option) => ['-o', option]);
      const place = ['-P', String(other.port), '-b', join(local, 'batch'), 'alice@127.0.0.1'];
      const environment = { ...process.env, SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
      const outcome = await sftp.attempt(['-F', '/dev/null', '-i', key, ...options, ...place], '', environment);
      assert.equal(outcome.code, code, outcome.errors);
    });
  }

  withSftp('goes on with an upload and with a download that were cut', async (sftp) => {
    const whole = join(local, 'whole');
    await writeFile(whole, Buffer.alloc(3_000_000, 'lockport'));
    const ssh = await server.connect();
    const raw = await ssh.sftp();
    const handle = await raw.open('/resumed', 0x1a);
    await raw.ask({ kind: 'write', handle, offset: 0, data: Buffer.alloc(100_000, 'lockport') });
    ssh.client.destroy();
    await server.event((event) => event.event === 'transfer.finished' && event.path === '/resumed');
    await succeed(sftp, [`reput ${whole} resumed`]);
    assert.ok((await readFile(join(server.root, 'resumed'))).equals(await readFile(whole)));

    const part = join(local, 'part');
    await writeFile(part, await readFile(whole));
    await truncate(part, 1_234_567);
    await succeed(sftp, [`reget resumed ${part}`]);
    assert.ok((await readFile(part)).equals(await readFile(whole)));
  });

  withSftp('asks for more than one reply can have', async (sftp) => {
    await writeFile(join(server.root, 'asked'), Buffer.alloc(2_000_000, 'lockport'));
    await succeed(sftp, [`get asked ${join(local, 'asked')}`], ['-R', '64', '-B', '262144']);
    assert.ok((await readFile(join(local, 'asked'))).equals(await readFile(join(server.root, 'asked'))));
  });

  withSftp('is told what is refused', async (sftp) => {
    const { code, errors } = await play(sftp, ['symlink nowhere link']);
    assert.equal(code, 1);
    assert.match(errors, /Operation unsupported/);
    assert.match((await play(sftp, ['ln nowhere link'])).errors, /does not support hardlink/i);
  });

  withSftp('moves names of every kind', async (sftp) => {
    const from = await mkdtemp(join(local, 'odd-'));
    for (const name of ODD_NAMES) await writeFile(join(from, name), name);
    await succeed(sftp, [`put -r ${from} odd`]);
    assert.deepEqual(await digestsOf(join(server.root, 'odd')), await digestsOf(from));
  });

  for (const profile of ['modern', 'fips'] as const) {
    withSftp(`agrees on algorithms of the profile ${profile}`, async (sftp) => {
      await using other = await startTestSftp({ profile, account: { authorizedKeys: [line] } });
      await succeed(sftp, ['pwd'], [], other.port);
      const event = await other.event(({ event }) => event === 'session.keys-exchanged');
      assert.ok(event.event === 'session.keys-exchanged');
      assert.match(event.ssh.cipher, /^aes(?:128|256)-(?:gcm@openssh.com|ctr)$/);
      assert.match(event.ssh.keyExchange, profile === 'modern' ? /^curve25519/ : /^ecdh-sha2-nistp/);
    });
  }
});
