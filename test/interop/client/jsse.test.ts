import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { connect } from '../../../src/client/index.ts';
import { testAgainst } from '../servers/foreign-server.ts';
import { startJsse } from '../servers/jsse.ts';

const SIZES = [0, 1, 16_384, 16_385, 300_000, 3_000_000];

// In TLS 1.3 Java ends a stream with user_canceled and then close_notify, which must not pass for a cut.
suite('A server on JSSE', () => {
  for (const implicit of [false, true]) {
    for (const tls of ['TLSv1.2', 'TLSv1.3'] as const) {
      const security = implicit ? 'implicit' : 'explicit';
      const title = `gets uploads whole, and its downloads and listings count as whole, ${security}, ${tls}`;
      testAgainst(startJsse, { implicit, tls }, title, async (server) => {
        await using client = await connect({
          host: 'localhost',
          port: server.port,
          security,
          user: server.user,
          password: server.password,
          tls: { ca: server.certificate, minVersion: tls, maxVersion: tls },
          sessionReuse: 'require',
          endOfStream: 'strict',
          retry: { attempts: 1 },
        });
        for (const size of SIZES) {
          const bytes = Buffer.alloc(size, `of ${size}, `);
          await client.upload(bytes, `up-${size}`);
          assert.deepEqual(await readFile(join(server.root, `up-${size}`)), bytes);
          await writeFile(join(server.root, `down-${size}`), bytes);
          assert.deepEqual(await client.readBuffer(`down-${size}`), bytes);
        }
        const listed = (await Array.fromAsync(client.list('/'))).map(({ name }) => name);
        assert.deepEqual(listed.toSorted(), SIZES.flatMap((size) => [`up-${size}`, `down-${size}`]).toSorted());
      });
    }
  }
});
