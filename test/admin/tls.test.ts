import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { testCertificate } from '../../src/testing/index.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { ADMIN_PASSWORD, administered } from './administered.ts';

test('in TLS the cookie is for TLS alone, browsers are told to stay there, and a reload brings another certificate', async (context) => {
  const directory = await temporaryDirectory(context);
  const [file, keyFile] = [join(directory, 'admin.pem'), join(directory, 'admin-key.pem')];
  const renew = async () => {
    const { certificate, key } = await testCertificate(['admin.example']);
    await writeFile(file, certificate);
    await writeFile(keyFile, key);
    return certificate;
  };
  const first = await renew();
  const environment = { LOCKPORT_ADMIN_TLS_CERTIFICATE: file, LOCKPORT_ADMIN_TLS_KEY: keyFile };
  const { port, server } = await administered(context, { environment });
  const login = async (ca: string, host: string): Promise<IncomingMessage> => {
    const headers = { 'content-type': 'application/json', host };
    const options = { port, host: '127.0.0.1', servername: 'admin.example', ca, agent: false as const, headers };
    const sent = request({ ...options, method: 'POST', path: '/api/v1/login' });
    sent.end(JSON.stringify({ name: 'anna', password: ADMIN_PASSWORD }));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer;
  };
  const { statusCode, headers } = await login(first, `admin.example:${port}`);
  assert.equal(statusCode, 200);
  assert.match(
    headers['set-cookie']?.[0] ?? '',
    /^__Host-lockport-admin=.+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.match(headers['strict-transport-security'] ?? '', /^max-age=\d{8}$/);
  assert.equal((await login(first, 'evil.example')).statusCode, 421);
  const second = await renew();
  await assert.rejects(login(second, 'admin.example'));
  server.signal('SIGHUP');
  await server.event(({ message }) => String(message).includes('are reloaded'));
  assert.equal((await login(second, 'admin.example')).statusCode, 200);
});
