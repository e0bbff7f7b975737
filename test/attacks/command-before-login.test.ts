import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RIGHTS, ROOT } from '../../src/core/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { PASSWORDS, startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestsOf } from '../interop/sample-files.ts';

// CVE-2015-3306, CVE-2019-12815: every verb that the server knows, in every state in which nobody is signed in.

/** What may be said before a login; all else is for those who have one. */
const ANYONE = new Set(
  'ACCT AUTH ADAT CCC CLNT CONF CSID ENC FEAT HELP HOST LANG MIC NOOP OPTS PASS PBSZ PROT QUIT REIN SMNT SYST USER'.split(
    ' ',
  ),
);

/** In the clear, as TLS has no REIN. */
const AFTER_REIN = 'after REIN';

const STATES: { readonly [name: string]: (server: TestServer) => Promise<RawClient> } = {
  'in clear': async (server) => {
    const client = await server.connect();
    await client.expect(220);
    return client;
  },
  'under TLS': secured,
  'after USER': async (server) => {
    const client = await secured(server);
    await client.expect(331, 'USER alice');
    return client;
  },
  'after a wrong password': async (server) => {
    const client = await secured(server);
    await client.expect(331, 'USER alice');
    await client.expect(530, 'PASS builder');
    return client;
  },
  'after a USER that follows a login': async (server) => {
    const client = await server.signIn();
    await client.expect(331, 'USER bob');
    return client;
  },
  [AFTER_REIN]: async (server) => {
    const client = await server.connect();
    await client.expect(220);
    await client.expect(331, 'USER alice');
    await client.expect(230, `PASS ${PASSWORDS['alice']}`);
    await client.expect(220, 'REIN');
    return client;
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(`No command for users works ${state}`, async () => {
    await using server = await startTestServer({ clear: { login: state === AFTER_REIN } });
    await writeFile(join(server.root, 'file'), 'untouched');
    const verbs = await verbsOf(server);
    assert.ok(verbs.length > 50, verbs.join(' '));
    for (const verb of verbs.filter((verb) => !ANYONE.has(verb))) {
      await using client = await reach(server);
      for (const argument of ['', ' file', ' HELP']) {
        const { code, lines } = await client.ask(`${verb}${argument}`);
        assert.ok(code >= 500, `${verb}${argument}: ${lines[0]}`);
      }
      await client.expect(200, 'NOOP');
    }
    assert.deepEqual(Object.keys(await digestsOf(server.root)), ['file']);
  });
}

test('No command of an account that may only read changes anything', async () => {
  const site = { symlink: true };
  await using server = await startTestServer({
    site,
    account: { rights: [{ path: ROOT, rights: RIGHTS.filter((right) => right === 'list' || right === 'download') }] },
  });
  await writeFile(join(server.root, 'file'), 'untouched');
  const before = await digestsOf(server.root);
  await using client = await server.signIn();
  const changes = [
    'DELE file',
    'RMD file',
    'MKD new',
    'MFMT 20200101000000 file',
    'MFCT 20200101000000 file',
    'MFF Modify=20200101000000; file',
    'MDTM 20200101000000 file',
    'SITE CHMOD 777 file',
    'SITE UTIME 20200101000000 file',
    'SITE SYMLINK file link',
    'COMB new file',
  ];
  for (const change of changes) {
    const { code, lines } = await client.ask(change);
    assert.ok(code >= 500, `${change}: ${lines[0]}`);
  }
  await client.ask('RNFR file');
  assert.ok((await client.ask('RNTO renamed')).code >= 500);
  for (const upload of ['STOR file', 'STOR new', 'APPE file', 'STOU']) {
    await using _data = await client.data(await client.passive());
    await client.expect(550, upload);
  }
  assert.match((await client.download('RETR file')).toString(), /untouched/);
  assert.deepEqual(await digestsOf(server.root), before);
});

async function secured(server: TestServer): Promise<RawClient> {
  const client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  return client;
}

/** Every verb that HELP names. */
async function verbsOf(server: TestServer): Promise<readonly string[]> {
  await using client = await server.connect();
  await client.expect(220);
  const { lines } = await client.expect(214, 'HELP');
  return lines.slice(1, -1).flatMap((line) => line.match(/\b[A-Z][A-Z0-9]{2,}\b/g) ?? []);
}
