import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { RawClient } from '../../src/testing/raw-client.ts';
import { pasvHost } from '../pasv-host.ts';
import { PASSWORD, startWorkers } from '../workers/workers.ts';

/** The file that the guide writes by `cat > NAME <<'END'`. */
async function fileOfGuide(name: string): Promise<string> {
  const guide = await readFile(new URL('../../docs/guide.md', import.meta.url), 'utf8');
  const [, yaml] = new RegExp(`^cat > ${name} <<'END'\\n(.*?)^END$`, 'ms').exec(guide) ?? [];
  assert.ok(yaml, name);
  return yaml;
}

test('the listeners and the NAT of the guide do what it says', async (context) => {
  // Its addresses are of other machines, and its accounts go by our names.
  const { listeners } = parse(await fileOfGuide('listeners.yaml')) as { listeners: readonly object[] };
  const here = listeners.map((listener) => ({ ...listener, address: '127.0.0.1', port: 0 }));
  const { passive } = parse((await fileOfGuide('nat.yaml')).replace('100.64.0.0/10', '127.0.0.0/8'));
  const settings = {
    LISTENERS: JSON.stringify(here).replace('"camera"', '"alice"').replace('"scanner"', '"bob"'),
    PASSIVE_NETWORKS: JSON.stringify(passive.networks),
  };
  const { server, root } = await startWorkers(context, { workers: 1, settings });
  const open = () => server.log.filter(({ event }) => event === 'listening');
  await server.event(() => open().length === here.length);
  const ca = await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8');
  const connect = (index: number) =>
    RawClient.connect({ host: '127.0.0.1', port: Number(open()[index]?.['port']), tls: { ca } });

  await using camera = await connect(2);
  await camera.expect(220);
  await camera.expect(331, 'USER alice');
  await camera.expect(230, `PASS ${PASSWORD}`);
  await using data = await camera.data(await camera.passive(), 'clear');
  await camera.expect(150, 'STOR snapshot.jpg');
  await data.send(Buffer.from('picture'));
  await camera.expect(226);
  assert.equal(await readFile(join(root, 'snapshot.jpg'), 'utf8'), 'picture');

  await using everybody = await connect(0);
  await everybody.expect(220);
  await everybody.expect(530, 'USER alice');
  await everybody.expect(234, 'AUTH TLS');
  await everybody.secure();
  await everybody.expect(331, 'USER alice');
  await everybody.expect(230, `PASS ${PASSWORD}`);
  assert.equal(await pasvHost(everybody), '100.64.0.7');

  await using scanner = await connect(3);
  await scanner.signIn('bob', PASSWORD);
  assert.equal(await pasvHost(scanner), '203.0.113.7');
  await using own = await scanner.data(await scanner.passive(), 'unresumed');
  await scanner.expect(150, 'STOR scan.pdf');
  await own.send(Buffer.from('page'));
  await scanner.expect(226);
  const { tls } = await server.event(({ event, path }) => event === 'transfer.finished' && path === '/scan.pdf');
  assert.equal((tls as { version?: string }).version, 'TLSv1.2');
});
