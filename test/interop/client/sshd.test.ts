import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { connect as dialTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { asStorage, type Client, ClientError, type ConnectOptions, connect, sync } from '../../../src/client/index.ts';
import { localStorage } from '../../../src/storage/index.ts';
import { makeKeyPair } from '../../../src/testing/running-sftp.ts';
import { temporaryDirectory } from '../../cli/lockport-process.ts';
import { type Sshd, startSshd } from '../servers/sshd.ts';
import { MissingProgram } from '../tool.ts';

suite('our client against OpenSSH', () => {
  let server: Sshd | undefined;
  let missing: MissingProgram | undefined;

  before(async () => {
    try {
      server = await startSshd();
    } catch (error) {
      if (!(error instanceof MissingProgram) || process.env['CI'] === 'true') throw error;
      missing = error;
    }
  });
  after(() => server?.[Symbol.asyncDispose]());

  function testWithSshd(title: string, body: (server: Sshd, context: TestContext) => Promise<void>): void {
    test(title, async (context) => {
      if (server) await body(server, context);
      else context.skip(missing?.message);
    });
  }

  const optionsFor = ({ port, user, privateKey }: Sshd, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    host: '127.0.0.1',
    port,
    security: 'ssh',
    user,
    ssh: { insecure: true, keys: [{ key: privateKey }] },
    ...more,
  });
  const connectTo = (server: Sshd, more: Partial<ConnectOptions> = {}): Promise<Client> =>
    connect(optionsFor(server, more));

  testWithSshd('a large file goes up and down as it was, and nothing else is left', async (server, context) => {
    const scratch = await temporaryDirectory(context);
    await using client = await connectTo(server);
    assert.equal(client.home, server.root);
    const bytes = randomBytes(20_000_003);
    await writeFile(join(scratch, 'large'), bytes);
    const up = await client.upload(join(scratch, 'large'), 'large', { keepTime: true });
    assert.equal(up.verified, 'size');
    assert.ok(bytes.equals(await readFile(join(server.root, 'large'))));
    await client.download('large', join(scratch, 'back'), { keepTime: true });
    assert.ok(bytes.equals(await readFile(join(scratch, 'back'))));
    await client.remove('large');
    assert.deepEqual(await readdir(server.root), []);
  });

  testWithSshd('listings, links, renames onto a file, and refusals are understood', async (server) => {
    await using client = await connectTo(server);
    await client.makeDirectory('d/e', { recursive: true });
    await client.upload(Buffer.from('old'), 'd/file');
    await client.upload(Buffer.from('new'), 'd/other');
    await client.rename('d/other', 'd/file');
    await symlink('file', join(server.root, 'd/link'));
    const entries = (await Array.fromAsync(client.walk('d'))).sort((one, other) => (one.name < other.name ? -1 : 1));
    const shown = entries.map(({ name, kind, size, target }) => [name, kind, kind === 'file' ? size : target]);
    assert.deepEqual(shown, [
      ['e', 'directory', undefined],
      ['file', 'file', 3],
      ['link', 'link', 'file'],
    ]);
    assert.equal((await client.readBuffer('d/link')).toString(), 'new');
    await assert.rejects(
      client.stat('d/nowhere'),
      (error) => error instanceof ClientError && error.code === 'not-found',
    );
    await assert.rejects(client.makeDirectory('d'), (error) => error instanceof ClientError && error.code === 'exists');
    await assert.rejects(
      client.removeDirectory('d'),
      (error) => error instanceof ClientError && error.code === 'refused',
    );
    await client.removeDirectory('d', { recursive: true });
  });

  testWithSshd('a thousand small files are copied there and back by sync', async (server, context) => {
    const scratch = await temporaryDirectory(context);
    const from = join(scratch, 'from');
    for (const name of ['a', 'b/c']) await mkdir(join(from, name), { recursive: true });
    const contents = Array.from({ length: 1000 }, (_, number) => randomBytes(number));
    const nameOf = (number: number): string => `${number % 2 === 0 ? 'a' : 'b/c'}/${number}`;
    for (const [number, content] of contents.entries()) await writeFile(join(from, nameOf(number)), content);
    await using client = await connectTo(server);
    await using local = await localStorage({ root: scratch, durability: 'fast' });
    const there = asStorage(client);
    const root = client.resolve('synced');
    for (const [source, destination, plan] of [
      [local, there, { from: client.resolve('/from'), to: root }],
      [there, local, { from: root, to: client.resolve('/back') }],
    ] as const) {
      const steps = await Array.fromAsync(sync(source, destination, { ...plan, parallel: 8, delete: true }));
      const summary = steps.at(-1);
      assert.ok(summary?.action === 'summary');
      assert.equal(summary.failed, 0, JSON.stringify(steps.find((step) => 'message' in step)));
    }
    for (const [number, content] of contents.entries())
      assert.ok(content.equals(await readFile(join(scratch, 'back', nameOf(number)))));
    await client.removeDirectory('synced', { recursive: true });
  });

  testWithSshd(
    'a connection that is cut is replaced, and the transfers go on where they were',
    async (server, context) => {
      const scratch = await temporaryDirectory(context);
      const bytes = randomBytes(12_000_000);
      await writeFile(join(scratch, 'cut'), bytes);
      const sockets: Socket[] = [];
      const dial: NonNullable<ConnectOptions['dial']> = async ({ host, port }) => {
        const socket = dialTcp({ host, port });
        sockets.push(socket);
        return socket;
      };
      // What is on its way already is not cut.
      const limits = { maxSftpRequests: 4 };
      await using client = await connectTo(server, { dial, limits, retry: { attempts: 3, delayMs: 1 } });
      let isCut = false;
      const onProgress = ({ bytes }: { bytes: number }): void => {
        if (bytes < 4_000_000 || isCut) return;
        isCut = true;
        sockets.at(-1)?.destroy();
      };
      const slowly = { onProgress, maxBytesPerSecond: 8_000_000 };
      const up = await client.upload(join(scratch, 'cut'), 'cut', slowly);
      assert.ok(up.retries > 0 && isCut);
      assert.ok(bytes.equals(await readFile(join(server.root, 'cut'))));
      isCut = false;
      const down = await client.download('cut', join(scratch, 'back'), slowly);
      assert.ok(down.retries > 0 && isCut);
      assert.ok(bytes.equals(await readFile(join(scratch, 'back'))));
      assert.ok(sockets.length >= 3);
      await client.remove('cut');
    },
  );

  testWithSshd('an upload goes on behind what stands there', async (server) => {
    const bytes = randomBytes(2_000_000);
    await using client = await connectTo(server);
    await client.upload(bytes.subarray(0, 700_000), 'resumed');
    const { offset } = await client.upload(bytes, 'resumed', { resume: true });
    assert.equal(offset, 700_000);
    assert.ok(bytes.equals(await readFile(join(server.root, 'resumed'))));
    await client.remove('resumed');
  });

  testWithSshd('a key that it does not know is a refused login', async (server) => {
    const ssh = { insecure: true, keys: [{ key: (await makeKeyPair()).privateKey }] };
    await assert.rejects(
      connectTo(server, { ssh }),
      (error) => error instanceof ClientError && error.code === 'login-refused',
    );
  });
});
