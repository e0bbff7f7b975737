import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { digestsOf } from '../interop/sample-files.ts';

// CVE-2020-26299, CVE-2020-20277, CVE-2026-30914, CVE-2026-35025: no path leads out of the root, whoever reads it.

const SECRET = 'what lies outside';

const PATHS = [
  '../secret.txt',
  '../../secret.txt',
  '/../secret.txt',
  'inside/../../secret.txt',
  'inside/./.././../secret.txt',
  '....//secret.txt',
  '..\\secret.txt',
  '..\\..\\secret.txt',
  'C:\\secret.txt',
  'C:secret.txt',
  '\\\\?\\C:\\secret.txt',
  '//localhost/share/secret.txt',
  '%2e%2e/secret.txt',
  '%2e%2e%2fsecret.txt',
  '..%c0%afsecret.txt',
  '..\u2215secret.txt',
  '\uff0e\uff0e/secret.txt',
  '~/secret.txt',
  '~root/secret.txt',
  '$HOME/secret.txt',
  'link-out/secret.txt',
  'link-out/../secret.txt',
  'link-up/secret.txt',
  'link-up/../secret.txt',
  'link-to-secret',
  'link-to-root/secret.txt',
  'link-to-proc/root/secret.txt',
  'link-to-link/secret.txt',
  '/proc/self/root/secret.txt',
  '/dev/fd/0',
  'inside/CON',
  'inside/file::$DATA',
  'inside/a.',
] as const;

/** Bytes that no string of the list above can hold. */
const RAW_PATHS = ['..\xc0\xafsecret.txt', '\xc0\xae\xc0\xae/secret.txt', '..\0/secret.txt', '../secret.txt\0.png'];

const ON_CONTROL = [
  'CWD',
  'SIZE',
  'MDTM',
  'MLST',
  'STAT',
  'AVBL',
  'HASH',
  'XCRC',
  'MD5',
  'XSHA256',
  'MFMT 20200101000000',
  'MFCT 20200101000000',
  'MFF Modify=20200101000000;',
  'MDTM 20200101000000',
  'SITE CHMOD 777',
  'SITE UTIME 20200101000000',
  'SITE SYMLINK inside/file',
  'DELE',
  'RMD',
  'MKD',
] as const;

async function makeTree() {
  const outside = await mkdtemp(join(tmpdir(), 'lockport-outside-'));
  const root = join(outside, 'files');
  await mkdir(join(root, 'inside'), { recursive: true });
  await writeFile(join(outside, 'secret.txt'), SECRET);
  await writeFile(join(root, 'inside/file'), 'inside');
  const links = {
    'link-out': outside,
    'link-up': '..',
    'link-to-secret': '../secret.txt',
    'link-to-root': '/',
    'link-to-proc': '/proc/self',
    'link-to-link': 'link-out',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name));
  const outsideDigests = async () => {
    const digests = await digestsOf(outside);
    return Object.fromEntries(Object.entries(digests).filter(([path]) => !path.startsWith('files/')));
  };
  return { outside, root, outsideDigests, [Symbol.asyncDispose]: () => rm(outside, { recursive: true }) };
}

/** Gives everything that was said and sent in answer to the command, by a transfer if it is one. */
async function attempt(client: RawClient, command: string, transfer?: 'up' | 'down'): Promise<string> {
  const line = Buffer.from(`${command}\r\n`, /[\x80-\xff]/.test(command) ? 'latin1' : 'utf8');
  if (transfer === undefined) {
    client.write(line);
    return (await client.reply()).lines.join('\n');
  }
  await using data = await client.data(await client.passive());
  client.write(line);
  const first = await client.reply();
  if (first.code >= 400) return first.lines.join('\n');
  const moved =
    transfer === 'down' ? (await data.receive()).toString('latin1') : (await data.send(Buffer.from('x')), '');
  return [...first.lines, moved, ...(await client.reply()).lines].join('\n');
}

test('No command that takes a path reads, changes or reveals what lies outside the root', async () => {
  await using tree = await makeTree();
  await using server = await startTestServer({
    root: tree.root,
    site: { symlink: true },
  });
  await using client = await server.signIn();
  const before = await tree.outsideDigests();
  const said: string[] = [];
  const say = async (command: string, transfer?: 'up' | 'down') => {
    said.push(`${command}: ${await attempt(client, command, transfer)}`);
    await client.ask('CWD /');
  };
  for (const path of [...PATHS.map((path) => Buffer.from(path).toString('latin1')), ...RAW_PATHS]) {
    for (const verb of ['RETR', 'LIST', 'NLST', 'MLSD']) await say(`${verb} ${path}`, 'down');
    for (const verb of ['STOR', 'APPE']) await say(`${verb} ${path}`, 'up');
    for (const verb of ON_CONTROL) await say(`${verb} ${path}`);
    await say(`RNFR ${path}`);
    await client.ask('RNTO stolen');
    await client.ask('RNFR inside/file');
    await say(`RNTO ${path}`);
    await writeFile(join(tree.root, 'inside/file'), 'inside');
  }
  for (const words of said) {
    assert.equal(words.includes(SECRET), false, words);
    assert.equal(words.includes(tree.outside), false, `names a path of the host: ${words}`);
  }
  assert.deepEqual(await tree.outsideDigests(), before);
  assert.equal(await readFile(join(tree.outside, 'secret.txt'), 'utf8'), SECRET);
});

test('A link that a client makes leads no further than the root', async () => {
  await using tree = await makeTree();
  await using server = await startTestServer({ root: tree.root, site: { symlink: true } });
  await using client = await server.signIn();
  const targets = ['/secret.txt', '../secret.txt', '../../secret.txt', `${tree.outside}/secret.txt`];
  for (const [index, target] of targets.entries()) {
    await client.ask(`SITE SYMLINK ${target} made-${index}`);
    for (const command of [`RETR made-${index}`, `LIST made-${index}`]) {
      assert.doesNotMatch(await attempt(client, command, 'down'), new RegExp(SECRET));
    }
    await attempt(client, `STOR made-${index}`, 'up');
  }
  assert.equal(await readFile(join(tree.outside, 'secret.txt'), 'utf8'), SECRET);
});
