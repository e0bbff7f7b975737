import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// A reset says that the peer, or somebody between, gave up: what came before it is not a whole file.

for (const endOfStream of ['strict', 'lenient'] as const) {
  test(`An upload whose data connection is reset is not published, where the end of streams is ${endOfStream}`, async () => {
    await using server = await startTestServer({ endOfStream });
    await writeFile(join(server.root, 'old'), 'old');
    for (const command of ['STOR new', 'STOR old', 'APPE old']) {
      await using client = await server.signIn();
      await using data = await client.data(await client.passive());
      await client.expect(150, command);
      await data.write(Buffer.alloc(100_000));
      data.reset();
      await client.expect(426);
      await client.expect(213, 'SIZE old');
      assert.equal((await client.download('RETR old')).toString(), 'old');
      const { code } = await client.ask('MLST new');
      assert.equal(code, 550, command);
    }
    assert.deepEqual(
      (await readdir(server.root)).filter((name) => !name.startsWith('.lockport-')),
      ['old'],
    );
  });
}
