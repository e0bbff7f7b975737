import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentDirectoryReadings } from '../../src/protocol/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

/** Names that a terminal would not show as they are. */
const NAMES = ['a\u007fb', 'gnp.\u202eexe', '\u2066x\u2069', '\u001b[2J', '\u0085', 'quo"te', '\ud83d\ude00', '\u2028'];

test('a path can be read back from the replies as it was sent, whatever it holds', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const pathIn = ({ code, lines }: { readonly code: number; readonly lines: readonly string[] }) =>
    currentDirectoryReadings({ code: 257, lines: [lines[0]?.slice(4) ?? ''] })[0] ?? `none in ${code}`;
  for (const name of NAMES) {
    assert.equal(pathIn(await client.expect(257, `MKD ${name}`)), `/${name}`);
    assert.equal(pathIn(await client.expect(250, `CWD ${name}`)), `/${name}`);
    assert.equal(pathIn(await client.expect(257, 'PWD')), `/${name}`);
    const facts = await client.expect(250, `MLST /${name}`);
    assert.ok(facts.lines.some((line) => line.endsWith(`; /${name}`)));
    await client.expect(250, 'CDUP');
  }
});

test('FEAT says the same before and after the login', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  const before = await client.expect(211, 'FEAT');
  await client.expect(331, 'USER alice');
  await client.expect(230, 'PASS wonderland');
  assert.deepEqual((await client.expect(211, 'FEAT')).lines, before.lines);
});
