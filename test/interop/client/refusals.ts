import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from '../../../src/client/index.ts';
import { failureOf, type Scenarios } from './scenario.ts';

export const refusals: Scenarios = {
  async 'what is not there is not found, whatever is asked of it'({ client, local, server }) {
    // vsftpd says "Failed to open file", "Delete operation failed" and the like, whatever the reason.
    const codes = server.name === 'vsftpd' ? (['not-found', 'refused'] as const) : (['not-found'] as const);
    await failureOf(client.download('missing', local('missing')), ...codes);
    await failureOf(client.readBuffer('missing'), ...codes);
    await failureOf(client.remove('missing'), ...codes);
    await failureOf(client.rename('missing', 'other'), ...codes);
    await failureOf(client.size('missing'), 'not-found');
    await failureOf(client.modified('missing'), 'not-found');
    await failureOf(client.stat('missing'), 'not-found');
    assert.equal(await client.exists('missing'), false);
  },

  async 'a directory that holds something is not removed, and is no file'({ client, server, remote }) {
    await mkdir(remote('full'));
    await writeFile(remote('full/file'), '');
    await server.handOver();
    await failureOf(client.removeDirectory('full'), 'refused');
    await failureOf(client.upload(Buffer.from('text'), 'full'), 'refused');
    await failureOf(client.readBuffer('full'), 'refused', 'not-found');
    assert.equal(await client.exists('full/file'), 'file');
  },

  async 'an unknown name or a wrong password is a refused login'({ options }) {
    // Any password is right for vsftpd's only account.
    const user = options.user === 'anonymous' ? 'mallory' : (options.user ?? '');
    const error = await failureOf(connect({ ...options, user, password: 'wrong' }), 'login-refused');
    assert.equal(error.retryable, false);
    assert.doesNotMatch(`${error.message} ${error.command}`, /wrong/);
  },

  async 'a certificate that nobody vouches for is not trusted, and no password goes there'({ options }) {
    const said: string[] = [];
    const log = (entry: { readonly event: string; readonly line?: string }) =>
      said.push(`${entry.event} ${entry.line}`);
    const { ca: _ca, ...tls } = options.tls ?? {};
    const error = await failureOf(connect({ ...options, tls, log }), 'untrusted');
    assert.match(error.certificate?.pin ?? '', /^sha256\/\//);
    assert.ok(!said.some((line) => /USER|PASS/.test(line)), said.join('\n'));
    await using client = await connect({ ...options, tls: { ...tls, pins: [error.certificate?.pin ?? ''] } });
    assert.equal(await client.exists('missing'), false);
  },
};
