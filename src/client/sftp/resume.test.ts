import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect as dialTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { startTestSftp, type TestSftp } from '../../testing/running-sftp.ts';
import { connect } from '../client.ts';
import { failure } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';
import { aliceBySftp, directory } from './sftp-fixture.test.ts';

const CUT_AT = 3_000_000;
const bytes = randomBytes(9_000_001);

/** A link that is cut once, when so many bytes of a transfer have moved. What is on its way already is little. */
function cutOnce(server: TestSftp) {
  const sockets: Socket[] = [];
  const state = { isCut: false };
  const dial: NonNullable<ConnectOptions['dial']> = async ({ host, port }) => {
    // What it keeps is there once it has noticed.
    if (sockets.length > 0) await server.event(({ event }) => event === 'session.closed');
    const socket = dialTcp({ host, port });
    sockets.push(socket);
    return socket;
  };
  const onProgress = ({ bytes }: { readonly bytes: number }): void => {
    if (bytes < CUT_AT || state.isCut) return;
    state.isCut = true;
    sockets.at(-1)?.destroy();
  };
  const slowly = { onProgress, maxBytesPerSecond: 30_000_000 };
  return { state, slowly, options: { dial, limits: { maxSftpRequests: 4 } } };
}

suite('over SFTP, where the link is cut', () => {
  for (const resume of [false, true]) {
    test(`an upload goes on with what our server has kept, ${resume ? 'under its name' : 'aside'}`, async () => {
      await using server = await startTestSftp();
      await using scratch = await directory();
      const { state, slowly, options } = cutOnce(server);
      const retry = { attempts: 3, delayMs: 1 };
      await using client = await connect(aliceBySftp(server, { ...options, retry }));
      await writeFile(join(scratch.path, 'large'), bytes);
      const { retries } = await client.upload(join(scratch.path, 'large'), 'large', { ...slowly, resume });
      assert.ok(state.isCut && retries > 0);
      assert.ok(bytes.equals(await readFile(join(server.root, 'large'))));
      assert.deepEqual(
        (await readdir(server.root)).filter((name) => !name.startsWith('.')),
        ['large'],
      );
      const written = server.events.flatMap((event) =>
        event.event === 'transfer.finished' && event.direction === 'upload' ? [event.offset] : [],
      );
      assert.ok(written.length >= 2 && (written.at(-1) ?? 0) > 0, JSON.stringify(written));
    });
  }

  test('what our server has kept is not seen, and a later call goes on behind it', async () => {
    await using server = await startTestSftp();
    await using scratch = await directory();
    await writeFile(join(scratch.path, 'large'), bytes);
    {
      const { slowly, options } = cutOnce(server);
      await using client = await connect(aliceBySftp(server, { ...options, retry: { attempts: 1 } }));
      const cut = client.upload(join(scratch.path, 'large'), 'large', { ...slowly, resume: true });
      await failure('connection-lost', cut);
    }
    await server.event(({ event }) => event === 'session.closed');
    await using client = await connect(aliceBySftp(server));
    assert.deepEqual(await Array.fromAsync(client.list('.')), []);
    const { offset } = await client.upload(join(scratch.path, 'large'), 'large', { resume: true });
    assert.ok(offset > 0 && offset < bytes.length, String(offset));
    assert.ok(bytes.equals(await readFile(join(server.root, 'large'))));
  });

  test('a download goes on where it was', async () => {
    await using server = await startTestSftp();
    await using scratch = await directory();
    await writeFile(join(server.root, 'large'), bytes);
    const { state, slowly, options } = cutOnce(server);
    const retry = { attempts: 3, delayMs: 1 };
    await using client = await connect(aliceBySftp(server, { ...options, retry }));
    const { retries } = await client.download('large', join(scratch.path, 'large'), slowly);
    assert.ok(state.isCut && retries > 0);
    assert.ok(bytes.equals(await readFile(join(scratch.path, 'large'))));
    assert.deepEqual(await readdir(scratch.path), ['large']);
  });
});
