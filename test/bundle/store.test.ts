import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RightsRule, ROOT, type VirtualPath } from '../../src/core/index.ts';
import { encodeFrame, itemHead } from '../../src/protocol/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { codesOf, done, exchange, fileFrames } from './raw-bundle.ts';

test('Each file of a bundle is stored or refused by itself, with its time, and told in the order of the files', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  await mkdir(join(server.root, 'dir'));
  const modified = new Date('2020-02-03T04:05:06Z');
  const bytes = Buffer.concat([
    fileFrames('a', 'first', { modified }),
    fileFrames('missing/b', 'second'),
    fileFrames('dir', 'third'),
    fileFrames('dir/empty', ''),
    fileFrames('large', Buffer.alloc(60_000, 'x')),
    done(5),
  ]);
  const { frames, reply } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [226, 550, 550, 226, 226]);
  assert.deepEqual([reply.code, reply.lines[0]], [226, '226 Stored 3 of 5 items']);
  assert.equal(await readFile(join(server.root, 'a'), 'utf8'), 'first');
  assert.deepEqual((await stat(join(server.root, 'a'))).mtime, modified);
  assert.equal((await stat(join(server.root, 'large'))).size, 60_000);
  assert.deepEqual((await readdir(server.root)).toSorted(), ['a', 'dir', 'large']);
});

test('What is broken in one file harms no other: a wrong digest, size or end, a bad head', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const head = (text: string) => encodeFrame('head', text);
  const end = encodeFrame('end', `SHA-256=${'0'.repeat(64)}`);
  const bytes = Buffer.concat([
    head('Size=3; digest'),
    encodeFrame('data', Buffer.from('abc')),
    end,
    head('Size=2; longer'),
    encodeFrame('data', Buffer.from('abc')),
    end,
    head('Size=4; shorter'),
    encodeFrame('data', Buffer.from('abc')),
    end,
    head('Size=3; given-up'),
    encodeFrame('end', '451 It changed while it was read'),
    head('Size=x; no-number'),
    end,
    head(' no-size'),
    end,
    head('Size=0; directory/'),
    end,
    fileFrames('good', 'good'),
    done(8),
  ]);
  const { frames, reply } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [426, 426, 426, 426, 501, 501, 550, 226]);
  assert.equal(reply.code, 226);
  assert.deepEqual(await readdir(server.root), ['good']);
});

test('Of two files of one path the last one stands', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const versions = Array.from({ length: 20 }, (_, number) => fileFrames('same', `version ${number}`));
  const { frames } = await exchange(client, 'BNDL STOR', { bytes: Buffer.concat([...versions, done(20)]) });
  assert.deepEqual(
    codesOf(frames),
    Array.from({ length: 20 }, () => 226),
  );
  assert.equal(await readFile(join(server.root, 'same'), 'utf8'), 'version 19');
});

test('A file goes on where an interrupted one stood', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const content = Buffer.alloc(50_000, 'resumable ');
  const { reply } = await exchange(client, 'BNDL STOR', {
    bytes: Buffer.concat([headAndData(content, 0, 30_000), Buffer.from('D')]),
    behind: 'end',
  });
  assert.match(reply.lines.join('\n'), /^ 1 426 Kept=30000; /m);
  const rest = content.subarray(30_000);
  const sha256 = createHash('sha256').update(rest).digest('hex');
  const bytes = Buffer.concat([headAndData(content, 30_000), encodeFrame('end', `SHA-256=${sha256}`), done(1)]);
  assert.deepEqual(codesOf((await exchange(client, 'BNDL STOR', { bytes })).frames), [226]);
  assert.deepEqual(await readFile(join(server.root, 'resumed')), content);
});

function headAndData(content: Buffer, start: number, end = content.length): Buffer {
  return Buffer.concat([
    encodeFrame('head', itemHead.format({ path: 'resumed', size: content.length, start })),
    encodeFrame('data', content.subarray(start, end)),
  ]);
}

for (const behind of ['end', 'cut', 'reset'] as const) {
  test(`A bundle that is cut anywhere stores the files that came whole, and no other (${behind})`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn();
    const contents = ['one', 'two two', 'three three three'];
    const files = contents.map((content, index) => fileFrames(`f${index}`, content));
    const bytes = Buffer.concat([...files, done(3)]);
    for (let cut = 0; cut < bytes.length; cut += behind === 'reset' ? 31 : 7) {
      for (const name of await readdir(server.root)) await rm(join(server.root, name));
      const { reply } = await exchange(client, 'BNDL STOR', { bytes: bytes.subarray(0, cut), behind });
      assert.equal(reply.code, 426, `cut at ${cut}: ${reply.lines.join('/')}`);
      const stored = (await readdir(server.root)).filter((name) => !name.startsWith('.')).toSorted();
      const whole = files.filter((_, index) => Buffer.concat(files.slice(0, index + 1)).length <= cut).length;
      // A reset may overtake what was sent before it.
      if (behind !== 'reset') assert.equal(stored.length, whole, `cut at ${cut}`);
      else assert.ok(stored.length <= whole, `cut at ${cut}`);
      for (const name of stored) {
        assert.equal(await readFile(join(server.root, name), 'utf8'), contents[Number(name.slice(1))]);
      }
      const told = reply.lines.filter((line) => / 226 Stored/.test(line)).length;
      assert.equal(told, stored.length, reply.lines.join('/'));
    }
    await client.expect(200, 'NOOP');
  });
}

test('When the control connection ends, nothing further is published', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const port = await client.passive();
  await using data = await client.data(port);
  await client.expect(150, 'BNDL STOR');
  const cut = fileFrames('cut', Buffer.alloc(50_000));
  await data.write(cut.subarray(0, 40_000));
  await server.event(({ event }) => event === 'transfer.started');
  client.reset();
  await server.event(({ event }) => event === 'session.closed');
  await data.write(cut.subarray(40_000)).catch(() => undefined);
  const finished = await server.event(({ event }) => event === 'transfer.finished');
  assert.ok(finished.event === 'transfer.finished' && finished.outcome !== 'complete');
  assert.equal((await readdir(server.root)).includes('cut'), false);
});

test('The quota ends in the middle of a bundle: what still fits is stored, and the account is charged for no more', async () => {
  await using server = await startTestServer({ account: { quota: { bytes: 250 } } });
  await using client = await server.signIn();
  const bytes = Buffer.concat([
    ...['a', 'b', 'c', 'd'].map((name) => fileFrames(name, Buffer.alloc(100, name))),
    done(4),
  ]);
  const { frames } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(
    codesOf(frames).toSorted((a, b) => a - b),
    [226, 226, 552, 552],
  );
  const { code } = await client.upload('STOR small', Buffer.alloc(50, 's'));
  assert.equal(code, 226);
});

test('Rights hold for each file of a bundle', async () => {
  const rights: readonly RightsRule[] = [
    { path: ROOT, rights: ['list', 'download'] },
    { path: '/in' as VirtualPath, rights: ['list', 'upload'] },
  ];
  await using server = await startTestServer({ account: { rights } });
  await mkdir(join(server.root, 'in'));
  await writeFile(join(server.root, 'in', 'there'), 'old');
  await using client = await server.signIn();
  const modified = new Date('2020-02-03T04:05:06Z');
  const bytes = Buffer.concat([
    fileFrames('outside', 'x'),
    fileFrames('in/there', 'new'),
    fileFrames('in/new', 'x', { modified }),
    done(3),
  ]);
  const { frames } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [550, 550, 226]);
  assert.match(String(frames[2]?.payload), /\r\n550 The account has no right here: times$/);
  assert.equal(await readFile(join(server.root, 'in', 'there'), 'utf8'), 'old');
  const refused = server.events.filter(({ event }) => event === 'command.refused');
  assert.equal(refused.length, 2);
});

test('Each file of a bundle has the events that an upload of its own has', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  await exchange(client, 'BNDL STOR', { bytes: Buffer.concat([fileFrames('a', 'abc'), fileFrames('b', ''), done(2)]) });
  const told = server.events.filter((event) => event.event === 'transfer.finished' || event.event === 'file.changed');
  assert.deepEqual(
    told
      .map(
        (event) =>
          `${event.event} ${event.path} ${event.event === 'transfer.finished' ? `${event.bytes} ${event.reply}` : event.change}`,
      )
      .toSorted(),
    ['file.changed /a stored', 'file.changed /b stored', 'transfer.finished /a 3 226', 'transfer.finished /b 0 226'],
  );
  const [first] = told.filter((event) => event.event === 'transfer.finished' && event.path === '/a');
  assert.ok(first?.event === 'transfer.finished' && first.tls?.resumed);
  assert.equal(first.sha256, createHash('sha256').update('abc').digest('hex'));
});

test('Another session is served while a bundle goes on', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  await using other = await server.signIn('bob');
  const port = await client.passive();
  await using data = await client.data(port);
  await client.expect(150, 'BNDL STOR');
  await data.write(Buffer.concat(Array.from({ length: 200 }, (_, number) => fileFrames(`f${number}`, 'content'))));
  assert.equal((await other.upload('STOR other', 'x')).code, 226);
  assert.match((await other.download('NLST')).toString(), /^other\r$/m);
  await data.write(done(200));
  await data.receive();
  await client.expect(226);
});
