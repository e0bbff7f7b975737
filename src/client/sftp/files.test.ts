import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startTestSftp, type TestSftp } from '../../testing/running-sftp.ts';
import { type Client, connect } from '../client.ts';
import { failure } from '../client-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { sync } from '../sync/index.ts';
import { aliceBySftp, directory } from './sftp-fixture.test.ts';

suite('a client of SFTP', () => {
  let server: TestSftp;
  let client: Client;

  before(async () => {
    server = await startTestSftp({ symlinks: true });
    client = await connect(aliceBySftp(server, { connections: 5 }));
  });
  after(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  });

  test('a file goes up and comes down again as it was, with its time, over many requests', async () => {
    await using scratch = await directory();
    const bytes = randomBytes(9_000_001);
    const local = join(scratch.path, 'large');
    await writeFile(local, bytes);
    const up = await client.upload(local, 'large', { keepTime: true, checksum: 'require' });
    assert.deepEqual([up.bytes, up.verified, up.warnings], [bytes.length, 'SHA-512', []]);
    const back = join(scratch.path, 'back');
    const down = await client.download('large', back, { keepTime: true });
    assert.deepEqual([down.bytes, down.verified], [bytes.length, 'size']);
    assert.ok(bytes.equals(await readFile(back)));
    assert.equal(Math.floor((await stat(back)).mtimeMs / 1000), Math.floor((await stat(local)).mtimeMs / 1000));
    assert.deepEqual(
      (await readdir(server.root)).filter((name) => name.startsWith('large')),
      ['large'],
    );
  });

  test('an empty file is one', async () => {
    await client.upload(new Uint8Array(), 'empty');
    assert.equal((await client.readBuffer('empty')).length, 0);
    assert.equal(await client.size('empty'), 0);
  });

  test('a part of a file is read from a byte to a byte', async () => {
    await writeFile(join(server.root, 'letters'), 'abcdefghij');
    assert.equal((await client.readBuffer('letters', { start: 2, end: 5 })).toString(), 'cde');
    assert.equal((await client.readBuffer('letters', { start: 7 })).toString(), 'hij');
  });

  test('a download goes on where an interrupted one ended', async () => {
    await using scratch = await directory();
    const bytes = randomBytes(3_000_000);
    await writeFile(join(server.root, 'resumed'), bytes);
    const local = join(scratch.path, 'resumed');
    const stop = new AbortController();
    const onProgress = ({ bytes }: { bytes: number }): void => {
      if (bytes > 1_000_000) stop.abort();
    };
    const options = { resume: true, signal: stop.signal, onProgress, maxBytesPerSecond: 2_000_000 };
    await failure('aborted', client.download('resumed', local, options));
    const { offset } = await client.download('resumed', local, { resume: true });
    assert.ok(offset > 0 && offset < bytes.length, `${offset}`);
    assert.ok(bytes.equals(await readFile(local)));
  });

  test('what is appended goes behind what is there', async () => {
    await client.upload(Buffer.from('one'), 'appended');
    await client.append(Buffer.from(' two'), 'appended');
    assert.equal(await readFile(join(server.root, 'appended'), 'utf8'), 'one two');
  });

  test('a listing shows files, directories and links with what is known of them', async () => {
    await mkdir(join(server.root, 'listed', 'below'), { recursive: true });
    await writeFile(join(server.root, 'listed', 'file'), '12345');
    await symlink('file', join(server.root, 'listed', 'link'));
    const entries = await Array.fromAsync(client.list('listed'));
    const found = new Map(entries.map((entry) => [entry.name, entry]));
    assert.deepEqual([...found.keys()].sort(), ['below', 'file', 'link']);
    assert.deepEqual(
      [found.get('below')?.kind, found.get('file')?.kind, found.get('link')?.kind],
      ['directory', 'file', 'link'],
    );
    assert.deepEqual([found.get('file')?.size, found.get('link')?.target], [5, 'file']);
    const walked = await Array.fromAsync(client.walk('listed'));
    assert.equal(walked.length, 3);
    assert.equal((await client.stat('listed/link')).kind, 'link');
  });

  test('directories are made, moved and removed with all that is in them', async () => {
    await client.makeDirectory('made/of/many', { recursive: true });
    await client.makeDirectory('made/of/many', { recursive: true });
    await failure('exists', client.makeDirectory('made'));
    await client.upload(Buffer.from('x'), 'made/of/file');
    await client.rename('made', 'moved');
    await failure('refused', client.removeDirectory('moved'));
    await client.removeDirectory('moved', { recursive: true });
    assert.equal(await client.exists('moved'), false);
  });

  test('a rename takes the place of a file', async () => {
    await client.upload(Buffer.from('old'), 'target');
    await client.upload(Buffer.from('new'), 'source');
    await client.rename('source', 'target');
    assert.equal((await client.readBuffer('target')).toString(), 'new');
  });

  test('failures have the codes that they have over FTPS', async () => {
    await failure('not-found', client.stat('nowhere'));
    await failure('not-found', client.readBuffer('nowhere'));
    await failure('not-found', client.remove('nowhere'));
    await failure('not-found', Array.fromAsync(client.list('nowhere')));
    const refused = await failure('unsupported', client.send('SITE', 'HELP'));
    assert.match(refused.message, /command of FTP: connect by ftpes:/);
    const unchanged = await failure('unsupported', client.changePassword('another one'));
    assert.match(unchanged.message, /changes a password: connect by ftpes:/);
    await client.upload(Buffer.from('x'), 'there');
    await failure('exists', client.upload(Buffer.from('y'), 'there', { exclusive: true }));
  });

  test('mode and time are set', async () => {
    await client.upload(Buffer.from('x'), 'set');
    const time = new Date('2021-02-03T04:05:06Z');
    await client.setModified('set', time);
    await client.setMode('set', 0o600);
    const { modified, mode } = await client.stat('set');
    assert.deepEqual([modified, mode], [time, 0o600]);
  });

  test('many files are under way at once on one connection', async () => {
    const contents = Array.from({ length: 60 }, (_, number) => randomBytes(number * 997));
    await client.makeDirectory('many');
    await Promise.all(contents.map((content, number) => client.upload(content, `many/${number}`)));
    const read = await Promise.all(contents.map((_, number) => client.readBuffer(`many/${number}`)));
    assert.ok(read.every((content, number) => contents[number]?.equals(content)));
    const opened = server.events.filter(({ event }) => event === 'session.keys-exchanged');
    assert.equal(opened.length, 1);
  });

  test('sync copies a tree from one SFTP server to another, and finds nothing to do then', async () => {
    await using other = await startTestSftp();
    await using theirs = await connect(aliceBySftp(other, { connections: 5 }));
    await client.makeDirectory('tree/a/b', { recursive: true });
    for (const name of ['one', 'a/two', 'a/b/three']) await client.upload(Buffer.from(name), `tree/${name}`);
    const plan = { from: client.resolve('tree'), to: theirs.resolve('copy'), delete: true, verify: true } as const;
    const steps = await Array.fromAsync(sync(asStorage(client), asStorage(theirs), plan));
    const failed = steps.filter((step) => 'outcome' in step && step.outcome === 'failed');
    assert.deepEqual(failed, []);
    assert.equal(await readFile(join(other.root, 'copy/a/b/three'), 'utf8'), 'a/b/three');
    const again = await Array.fromAsync(sync(asStorage(client), asStorage(theirs), plan));
    const summary = again.at(-1);
    assert.ok(summary?.action === 'summary');
    assert.deepEqual([summary.done, summary.unchanged, again.length], [0, 3, 1]);
  });

  test('space, checksums and links are there for a storage', async () => {
    const storage = asStorage(client);
    const space = await storage.space?.(client.resolve('/'));
    assert.ok(space && space.free > 0 && space.total >= space.free);
    await client.upload(Buffer.from('abc'), 'summed');
    const sum = await storage.digest?.(client.resolve('/summed'), 'SHA-256');
    assert.match(Buffer.from(sum ?? []).toString('hex'), /^ba7816bf/);
    await storage.makeLink?.(client.resolve('/linked'), 'summed');
    assert.equal((await storage.stat(client.resolve('/linked'))).size, 3);
  });
});
