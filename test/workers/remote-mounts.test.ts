import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/index.ts';
import { startTestSftp } from '../../src/testing/running-sftp.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers, type Workers } from './workers.ts';

/** What alice has at the partner. */
const PARTNER_PASSWORD = 'wonderland';
const MOUNTS = [{ at: resolvePath(ROOT, '/partner'), storage: 'partner' }];

interface Partner extends AsyncDisposable {
  readonly root: string;
  readonly url: string;
  readonly trust: string;
}

const PARTNERS: Readonly<Record<string, () => Promise<Partner>>> = {
  async ftpes() {
    const server = await startTestServer({ sessionReuse: 'require' });
    const url = `ftpes://alice@localhost:${server.explicitPort}/`;
    return Object.assign(server, { url, trust: `authorities: [${server.certificateFile}]` });
  },
  async sftp() {
    const server = await startTestSftp({ symlinks: true });
    const url = `sftp://alice@127.0.0.1:${server.port}/`;
    return Object.assign(server, { url, trust: `pins: ['${server.hostKeys[0]?.fingerprint}']` });
  },
};

async function gatewayTo(context: TestContext, partner: Partner, workers: number, settings = {}): Promise<Workers> {
  const password = join(await temporaryDirectory(context), 'password');
  await writeFile(password, `${PARTNER_PASSWORD}\n`, { mode: 0o600 });
  const storages = `{partner: {kind: remote, url: '${partner.url}', password: {file: ${password}}, ${partner.trust}}}`;
  return startWorkers(context, { workers, account: { mounts: MOUNTS }, settings: { STORAGES: storages, ...settings } });
}

for (const [scheme, workers] of [
  ['ftpes', 2],
  ['sftp', 1],
] as const) {
  test(`an account works in a directory of another server as in its own: ${scheme}, processes: ${workers}`, async (context) => {
    await using partner = await PARTNERS[scheme]?.();
    assert.ok(partner);
    await writeFile(join(partner.root, 'there.txt'), 'there');
    await symlink('/etc', join(partner.root, 'out'));
    const gateway = await gatewayTo(context, partner, workers);
    await using client = await gateway.signIn();
    assert.match((await client.download('MLSD /')).toString(), /type=dir;.* partner\r\n/);
    assert.match((await client.download('MLSD /partner')).toString(), / there\.txt\r\n/);
    assert.equal((await client.download('RETR /partner/there.txt')).toString(), 'there');
    await client.expect(550, 'MLST /partner/out/passwd');
    await client.upload('STOR /partner/new.txt', 'new content');
    assert.equal(await readFile(join(partner.root, 'new.txt'), 'utf8'), 'new content');
    await client.expect(213, 'MFMT 20200101000000 /partner/new.txt');
    await client.expect(213, 'SIZE /partner/new.txt');
    await client.expect(350, 'RNFR /partner/new.txt');
    await client.expect(250, 'RNTO /partner/renamed.txt');
    await client.expect(250, 'DELE /partner/renamed.txt');
    await client.expect(257, 'MKD /partner/made');
    await client.expect(250, 'RMD /partner/made');
    assert.ok(!JSON.stringify(gateway.server.log).includes(PARTNER_PASSWORD));
  });
}

test('a rename moves a file to the other server and back, where that is set', async (context) => {
  await using partner = await PARTNERS['ftpes']?.();
  assert.ok(partner);
  const gateway = await gatewayTo(context, partner, 1, { FILES_RENAME_ACROSS: 'copy' });
  await using client = await gateway.signIn();
  await client.upload('STOR /own.txt', 'own');
  await client.expect(213, 'MFMT 20200101000000 /own.txt');
  await client.expect(350, 'RNFR /own.txt');
  await client.expect(250, 'RNTO /partner/moved.txt');
  assert.equal(await readFile(join(partner.root, 'moved.txt'), 'utf8'), 'own');
  await client.expect(550, 'SIZE /own.txt');
  assert.match((await client.expect(213, 'MDTM /partner/moved.txt')).lines.join(''), /20200101000000/);
  await client.expect(350, 'RNFR /partner/moved.txt');
  await client.expect(250, 'RNTO /back.txt');
  assert.equal((await client.download('RETR /back.txt')).toString(), 'own');
  assert.deepEqual(
    (await readdir(partner.root)).filter((name) => name.includes('moved')),
    [],
  );
});

test('while the other server is away its directory is told to be so, and all other files are as ever', async (context) => {
  const partner = await PARTNERS['ftpes']?.();
  assert.ok(partner);
  const gateway = await gatewayTo(context, partner, 1);
  await partner[Symbol.asyncDispose]();
  await using client = await gateway.signIn();
  await client.upload('STOR /own.txt', 'own');
  await client.expect(450, 'MLST /partner/there.txt');
  await client.expect(450, 'SIZE /partner/there.txt');
  assert.match((await client.download('MLSD /')).toString(), /type=dir;.* partner\r\n/);
  assert.equal((await client.download('RETR /own.txt')).toString(), 'own');
  await gateway.server.event((record) => /storage partner can not be reached/.test(String(record['message'])));
  assert.ok(!JSON.stringify(gateway.server.log).includes(PARTNER_PASSWORD));
});
