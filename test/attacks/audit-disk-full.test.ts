import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword } from '../../src/identity/index.ts';
import { verifyAudit } from '../../src/operations/index.ts';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';

// Who fills the disk of the audit trail to work unseen: with `audit.onFailure: refuse` nothing is done until there is room.

const run = promisify(execFile);
const PASSWORD = 'wonderland-wonderland';

for (const workers of [1, 2]) {
  test(`while nothing can be recorded, nothing is done, and nobody signs in (workers: ${workers})`, async (context) => {
    const dataDir = await temporaryDirectory(context);
    const medium = join(dataDir, 'audit');
    await mkdir(medium, { mode: 0o700 });
    await mkdir(join(dataDir, 'files'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'lockport-test', medium]);
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      return context.skip('a tmpfs can only be mounted as root');
    }
    try {
      await using database = openDatabase(join(dataDir, 'lockport.db'));
      await database.accounts.add(account('alice', { home: ROOT }), await hashPassword(PASSWORD));
      const environment = { LOCKPORT_AUDIT_ON_FAILURE: 'refuse' };
      const server = await serve(context, dataDir, ['--workers', String(workers)], { environment });
      await using client = await server.connect();
      await client.signIn('alice', PASSWORD);
      await client.upload('STOR before', 'kept');

      const filler = join(medium, 'filler');
      await writeFile(filler, Buffer.alloc(600_000)).catch(() => undefined);
      // The last page has room for some more.
      let reply = await client.ask('MKD first');
      for (let count = 1; reply.code === 257; count += 1) reply = await client.ask(`MKD ${'a'.repeat(200)}${count}`);
      assert.equal(reply.code, 451, 'it was done, and could not be recorded');
      await server.event(({ message }) => /operations are refused: ENOSPC/.test(String(message)));
      await refused();
      const names = await readdir(join(dataDir, 'files'));
      await client.expect(450, 'DELE before');
      await client.expect(450, 'RETR before');
      await client.expect(450, 'MKD refused');
      await client.expect(200, 'NOOP');
      await using stranger = await server.connect();
      await stranger.expect(220);
      await stranger.expect(234, 'AUTH TLS');
      await stranger.secure();
      await stranger.expect(421, 'USER alice');
      assert.deepEqual(await readdir(join(dataDir, 'files')), names);

      await rm(filler);
      await server.event(({ message }) => message === 'The audit trail is written again');
      while ((await client.ask('PWD')).code === 450);
      await client.expect(250, 'DELE before');
      server.signal('SIGTERM');
      assert.equal(await server.ended(), 0);
      assert.equal((await verifyAudit({ directory: medium })).finding, undefined);

      /** Workers hear of it a moment later. */
      async function refused(): Promise<void> {
        while ((await client.ask('PWD')).code !== 450);
      }
    } finally {
      await run('umount', ['-l', medium]);
    }
  });
}
