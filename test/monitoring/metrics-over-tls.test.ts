import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { SecureVersion } from 'node:tls';
import { type TestAuthority, testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { metricsPort } from './scrape.ts';

const TOKEN = 't'.repeat(40);

interface Asked {
  readonly path?: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly maxVersion?: SecureVersion;
}

/** What a scraper is told that trusts this authority alone. */
function ask(port: number, ca: string, { path = '/metrics', token, ...tls }: Asked): Promise<[number, string]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, headers, agent: false, ca, servername: 'localhost', ...tls },
      (response) => {
        text(response).then((body) => resolve([response.statusCode ?? 0, body]), reject);
      },
    );
    asked.on('error', reject).end();
  });
}

/** The port of metrics of a server with a certificate of this authority for them. */
async function served(context: TestContext, ca: TestAuthority, settings: Readonly<Record<string, string>>) {
  const dataDir = await temporaryDirectory(context);
  const { certificate, key } = await testCertificate(['localhost'], { ca });
  const files = { CERTIFICATE: `${certificate}\n${ca.certificate}\n`, KEY: key, TOKEN, AUTHORITY: ca.certificate };
  const paths = Object.fromEntries(Object.keys(files).map((name) => [name, join(dataDir, name)]));
  for (const [name, content] of Object.entries(files)) await writeFile(paths[name] ?? '', content, { mode: 0o600 });
  const named = Object.entries(settings).map(([setting, name]) => [`LOCKPORT_METRICS_${setting}`, paths[name]]);
  const environment = {
    LOCKPORT_METRICS_TLS_CERTIFICATE: paths['CERTIFICATE'],
    LOCKPORT_METRICS_TLS_KEY: paths['KEY'],
    ...Object.fromEntries(named),
  };
  return metricsPort(await serve(context, dataDir, ['--metrics-port', '0'], { environment }));
}

test('metrics over TLS show themselves to who has the token, and their health to anybody', async (context) => {
  const authority = await testAuthority();
  const port = await served(context, authority, { TOKEN_FILE: 'TOKEN' });
  const ca = authority.certificate;
  const [status, page] = await ask(port, ca, { token: TOKEN });
  assert.equal(status, 200);
  assert.match(page, /^lockport_ready 1$/m);
  assert.equal((await ask(port, ca, {}))[0], 401);
  assert.equal((await ask(port, ca, { token: `${TOKEN}x` }))[0], 401);
  assert.deepEqual(await ask(port, ca, { path: '/readyz' }), [200, 'ready\n']);
  await assert.rejects(ask(port, ca, { token: TOKEN, maxVersion: 'TLSv1.1' }));
  await assert.rejects(ask(port, (await testAuthority('Another')).certificate, { token: TOKEN }));
});

test('metrics that want a client certificate show nothing to who has none, or one of another authority', async (context) => {
  const authority = await testAuthority();
  const port = await served(context, authority, { TLS_CLIENT_AUTHORITIES: 'AUTHORITY' });
  const ca = authority.certificate;
  const client = async (issuer: TestAuthority) => {
    const { certificate: cert, key } = await testCertificate(['scraper'], { ca: issuer, client: true });
    return { cert, key };
  };
  await assert.rejects(ask(port, ca, {}));
  await assert.rejects(ask(port, ca, await client(await testAuthority('Another'))));
  assert.equal((await ask(port, ca, await client(authority)))[0], 200);
});
