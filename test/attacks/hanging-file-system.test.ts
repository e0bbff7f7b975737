import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { account } from '../../src/identity/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { skipWithoutPrograms } from '../interop/tool.ts';
import { mountHangingFiles } from './hanging-files.ts';

// A file system over a network or by a program may hang in any call. Whoever has their files on another disk must not
// notice, however many calls hang.

/** The operation of the file system that hangs, and a command that needs it. */
const HANGING: readonly (readonly [string, string])[] = [
  ['getattr', 'SIZE file'],
  ['getattr', 'MLSD'],
  ['getattr', 'CWD directory'],
  ['getattr of files', 'MLSD'],
  ['getattr of files', 'NLST'],
  ['opendir', 'MLSD'],
  ['readdir', 'MLSD'],
  ['readdir', 'NLST'],
  ['open', 'RETR file'],
  ['read', 'RETR file'],
  ['create', 'STOR new'],
  ['write', 'STOR new'],
  ['flush', 'STOR new'],
  ['fsync', 'STOR new'],
  ['rename', 'STOR new'],
  ['chmod', 'STOR new'],
  ['unlink', 'DELE file'],
];
/** More than libuv has threads. */
const SESSIONS = 6;

test('While a file system hangs in any call, an account on another disk is served', (context) =>
  skipWithoutPrograms(context, async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'lockport-hanging-'));
    await using _removed = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
    const [root, backing] = [join(scratch, 'files'), join(scratch, 'backing')];
    for (const path of [join(root, 'alice'), join(root, 'bob'), join(backing, 'directory')])
      await mkdir(path, { recursive: true });
    await using files = await mountHangingFiles(join(root, 'alice'), backing);
    await using server = await startTestServer({
      root,
      authenticator: { authenticate: async (user) => account(user, { home: resolvePath(ROOT, user) }) },
    });
    for (const [operation, command] of HANGING) {
      await writeFile(join(backing, 'file'), Buffer.alloc(300_000));
      const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => server.signIn('alice')));
      await using bob = await server.signIn('bob');
      await files.hold(operation);
      const commands = sessions.map((client) => carryOut(client, command));
      await files.held();
      try {
        await useFiles(bob);
        assert.equal(files.gaveUp(), false, `${operation} of ${command} stopped everybody`);
      } finally {
        await files.release();
      }
      await Promise.all(commands);
      for (const client of sessions) await client[Symbol.asyncDispose]();
    }
  }));

/** Whatever comes of it. */
async function carryOut(client: RawClient, command: string): Promise<void> {
  if (/^(SIZE|CWD|DELE)/.test(command)) await client.ask(command);
  else if (command.startsWith('STOR')) await client.upload(command, Buffer.alloc(300_000)).catch(() => undefined);
  else await client.download(command).catch(() => undefined);
}

async function useFiles(client: RawClient): Promise<void> {
  const bytes = Buffer.alloc(200_000, 'bob');
  await client.upload('STOR mine', bytes);
  assert.ok(bytes.equals(await client.download('RETR mine')));
  assert.match((await client.download('MLSD')).toString(), /mine/);
  await client.expect(250, 'DELE mine');
}
