import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { identify } from '../../src/service/certificate/index.ts';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

test('cert show prints the certificate of a server that runs', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  const place = ['--data-dir', server.dataDir];
  const { fingerprint, pin } = identify(await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8'));
  const { output } = await lockport(['cert', 'show', ...place]);
  assert.ok(output.includes(fingerprint) && output.includes(pin), output);
  const [shown] = JSON.parse((await lockport(['cert', 'show', '--json', ...place])).output);
  assert.equal(shown.fingerprint, fingerprint);
});

test('cert show before the first start makes nothing, and says what to do', async (context) => {
  const { code, errors } = await lockport([
    'cert',
    'show',
    '--data-dir',
    join(await temporaryDirectory(context), 'none'),
  ]);
  assert.equal(code, 1);
  assert.match(errors, /start ".*bin\/lockport'? serve --data-dir .*none" once/);
});

test('config show tells each value and where it came from', async (context) => {
  const directory = await temporaryDirectory(context);
  const config = join(directory, 'lockport.yaml');
  await writeFile(config, 'passive:\n  ports: 50000-50100\n');
  const options = { environment: { LOCKPORT_TLS_PROFILE: 'modern' } };
  const { output } = await lockport(['config', 'show', '--config', config, '--explicit-port', '2121'], options);
  assert.match(output, /^passive\.ports +50000-50100 +.*lockport\.yaml:2:10$/m);
  assert.match(output, /^tls\.profile +modern +LOCKPORT_TLS_PROFILE$/m);
  assert.match(output, /^explicit\.port +2121 +--explicit-port$/m);
  assert.match(output, /^limits\.idleMs +300000 +default$/m);
  const rows: { key: string; value: unknown }[] = JSON.parse(
    (await lockport(['config', 'show', '--json'], options)).output,
  );
  assert.equal(rows.find(({ key }) => key === 'tls.profile')?.value, 'modern');
});

test('config show has a line for each value of a listener', async (context) => {
  const config = join(await temporaryDirectory(context), 'lockport.yaml');
  await writeFile(
    config,
    `listeners:
  - { mode: explicit, accounts: [camera, scanner], passive: { networks: [{ clients: 192.0.2.0/24 }] } }
  - { mode: implicit, port: 2990 }
`,
  );
  const { output } = await lockport(['config', 'show', '--config', config]);
  assert.deepEqual(
    output
      .split('\n')
      .filter((line) => line.startsWith('listeners'))
      .map((line) => line.split(/ {2,}/).slice(0, 2)),
    [
      ['listeners[0].mode', 'explicit'],
      ['listeners[0].accounts', '["camera","scanner"]'],
      ['listeners[0].passive.networks[0].clients', '192.0.2.0/24'],
      ['listeners[1].mode', 'implicit'],
      ['listeners[1].port', '2990'],
    ],
  );
});

test('config check finds mistakes in the file, in the certificates that it names, and a user or group that does not exist', async (context) => {
  const directory = await temporaryDirectory(context);
  const config = join(directory, 'server.yaml');
  await writeFile(config, 'active: true\n');
  const right = await lockport(['config', 'check', config]);
  assert.deepEqual([right.code, right.output], [0, `${config}: no mistakes\n`]);

  await writeFile(config, 'tls:\n  certificates: [{certificate: a.pem, key: a.key}]\n');
  const missing = await lockport(['config', 'check', config]);
  assert.equal(missing.code, 2);
  assert.match(missing.errors, /a\.pem: no such file/);

  await writeFile(config, 'runAs: {user: nobody-of-that-name}\n');
  const unknown = await lockport(['config', 'check', config]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.errors, /runAs\.user: there is no user nobody-of-that-name on this machine/);

  await writeFile(config, 'files: {group: no-group-of-that-name}\n');
  const group = await lockport(['config', 'check', config]);
  assert.equal(group.code, 2);
  assert.match(
    group.errors,
    /files\.group: there is no group no-group-of-that-name on this machine: make it, or name another/,
  );
});
