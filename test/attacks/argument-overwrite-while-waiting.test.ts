import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2023-24042: a transfer that waits for its data connection keeps the path that it was given.

for (const later of ['USER ../../etc', 'CWD other', 'SIZE other/b', 'RNFR other', 'REST 1', 'TYPE A', 'LIST other']) {
  test(`${later} while a listing waits for its data connection does not change what is listed`, async () => {
    await using server = await startTestServer();
    await mkdir(join(server.root, 'first'));
    await mkdir(join(server.root, 'other'));
    await writeFile(join(server.root, 'first/a'), '');
    await writeFile(join(server.root, 'other/b'), '');
    await using client = await server.signIn();
    const port = await client.passive();
    client.send('NLST first');
    client.send(later);
    await using data = await client.data(port);
    await client.expect(150);
    assert.match((await data.receive()).toString(), /^(first\/)?a\r\n$/);
    await client.expect(226);
  });
}
