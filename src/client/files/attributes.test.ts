import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostileServer, type Step } from '../../../test/hostile/hostile-server.ts';
import { alice, announcing, at, failure, ownServer } from '../client-fixture.test.ts';
import { availableDigests } from '../ftp/attributes.ts';
import { type FtpPool, ftpPool } from '../ftp/ftp-session.ts';
import { settingsOf } from '../settings.ts';
import { digest, modified, size } from './attributes.ts';

const CONTENT = 'the content of a file';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function hex(sum: Promise<Uint8Array>): Promise<string> {
  return Buffer.from(await sum).toString('hex');
}

/** A server that announces these features. */
async function againstOld(
  features: readonly string[],
  on: { readonly [verb: string]: Step },
  work: (pool: FtpPool, said: () => string[]) => Promise<void>,
): Promise<void> {
  await using server = await HostileServer.start({
    files: { '/a file': CONTENT },
    on: { FEAT: announcing(...features), ...on },
  });
  await using pool = ftpPool(settingsOf(alice(server)));
  await work(pool, () => server.heard.filter(({ verb }) => verb in on).map(({ line }) => line));
}

test('size and time are those of the file, whatever its name', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  for (const name of ['a file', '[x]*', '20010203040506 file', '"quoted"']) {
    await writeFile(join(server.root, name), CONTENT);
    assert.equal(await size(pool, at(`/${name}`), {}), CONTENT.length);
    assert.ok(Math.abs((await modified(pool, at(`/${name}`), {})).getTime() - Date.now()) < 60_000);
  }
  await failure('not-found', size(pool, at('/missing'), {}));
  await failure('not-found', modified(pool, at('/missing'), {}));
});

test('a reply that holds no size, or no time, is not taken for one', async () => {
  const answer: Step = (session) => session.reply('213 soon');
  await againstOld([], { SIZE: answer, MDTM: answer }, async (pool) => {
    await failure('protocol', size(pool, at('/a file'), {}));
    await failure('protocol', modified(pool, at('/a file'), {}));
  });
});

test('digests are found among the features, the strongest first', () => {
  const features = new Map([
    ['HASH', 'SHA-256*;SHA-1'],
    ['XMD5', ''],
    ['XSHA512', ''],
  ]);
  assert.deepEqual(availableDigests(features), ['SHA-512', 'SHA-256', 'SHA-1', 'MD5']);
  assert.deepEqual(availableDigests(new Map()), []);
});

test('a digest is that of the file or of a part, and leaves no range behind', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  await writeFile(join(server.root, 'a file'), CONTENT);
  await mkdir(join(server.root, 'directory'));
  const path = at('/a file');
  assert.equal(await hex(digest(pool, path, 'SHA-256', { start: 4, end: 11 })), sha256(CONTENT.slice(4, 11)));
  assert.equal(await hex(digest(pool, path, 'SHA-256', {})), sha256(CONTENT));
  assert.equal(await hex(digest(pool, path, 'SHA-256', { start: 4 })), sha256(CONTENT.slice(4)));
  assert.equal(await hex(digest(pool, path, 'SHA-256', { start: CONTENT.length })), sha256(''));
  assert.equal((await digest(pool, path, 'CRC32', { start: CONTENT.length, end: 100 })).length, 4);
  assert.equal((await digest(pool, path, 'MD5', {})).length, 16);
  await failure('invalid-argument', digest(pool, path, 'SHA-256', { start: 100 }));
  await failure('not-found', digest(pool, at('/missing'), 'SHA-256', {}));
});

test('older commands take the name in quotes, and both ends of a range', async () => {
  const XSHA256: Step = (session) => session.reply(`250 ${sha256(CONTENT).toUpperCase()}`);
  await againstOld(['XSHA256'], { XSHA256 }, async (pool, said) => {
    assert.equal(await hex(digest(pool, at('/a file'), 'SHA-256', {})), sha256(CONTENT));
    await digest(pool, at('/a file'), 'SHA-256', { start: 4 });
    assert.deepEqual(said(), ['XSHA256 "/a file"', `XSHA256 "/a file" 4 ${CONTENT.length}`]);
    await failure('unsupported', digest(pool, at('/a file'), 'MD5', {}));
  });
});

test('a HASH of another range or another algorithm is not believed', async () => {
  const accept: Step = (session) => session.reply('350 Fine');
  const whole: Step = (session) => session.reply(`213 SHA-256 0-${CONTENT.length} ${sha256(CONTENT)} x`);
  const features = ['HASH SHA-256;SHA-1', 'RANG STREAM'];
  await againstOld(features, { RANG: accept, HASH: whole }, async (pool, said) => {
    await failure('unsupported', digest(pool, at('/a file'), 'SHA-256', { start: 4 }));
    await failure('unsupported', digest(pool, at('/a file'), 'SHA-1', {}));
    assert.deepEqual(said(), ['RANG 4 20', 'HASH /a file', 'RANG 1 0', 'HASH /a file']);
  });
});

test('a range that could not be lifted ends the connection', async () => {
  const accept: Step = (session) => session.reply('350 Fine');
  const HASH: Step = (session) => session.reply('451 Not now');
  const USER: Step = (session) => session.reply('331 Password');
  await againstOld(['HASH SHA-256', 'RANG STREAM'], { USER, RANG: accept, HASH }, async (pool, said) => {
    await failure('refused', digest(pool, at('/a file'), 'SHA-256', { start: 4 }));
    assert.equal(await size(pool, at('/a file'), {}), CONTENT.length);
    assert.equal(said().filter((line) => line.startsWith('USER')).length, 2);
  });
});
