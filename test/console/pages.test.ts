import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { limitsWith } from '../../src/core/index.ts';
import { actorOf } from '../../src/service/admin/actor.ts';
import { AdminSessions } from '../../src/service/admin/admin-sessions.ts';
import { OwnerInvitation } from '../../src/service/admin/owner-invitation.ts';
import { readPages } from '../../src/service/console-pages.ts';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { buildPages } from './browser.ts';

const MOST_BYTES = 200_000;

test('the console is small, names no other host, and has no script or style of its own in its markup', async (context) => {
  const directory = join(await temporaryDirectory(context), 'web');
  await buildPages(directory);
  const names = await readdir(directory);
  const files = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  const bytes = files.reduce((sum, text) => sum + gzipSync(text).length, 0);
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  const html = await readFile(join(directory, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|<script(?![^>]* src="\/)|https?:|\{/);
  for (const { path, isImmutable } of await readPages(directory)) assert.equal(isImmutable, path !== '/', path);
  assert.equal((await readPages(directory)).length, 4);
});

test('pages come with a strict policy, are cached by what they hold, and hide the API from nobody', async (context) => {
  await buildPages();
  const { port } = await administered(context);
  const at = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers, method });
  const home = await at('/');
  assert.equal(home.status, 200);
  const html = await home.text();
  const policy = home.headers.get('content-security-policy') ?? '';
  for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "trusted-types 'none'", "script-src 'self'"])
    assert.ok(policy.split('; ').includes(rule), rule);
  assert.ok(!policy.includes('unsafe'));
  assert.equal(home.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(home.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(home.headers.get('cache-control'), 'no-cache');
  const etag = home.headers.get('etag') ?? '';
  const known = await at('/', { 'if-none-match': `"x", ${etag}` });
  assert.deepEqual([known.status, await known.text()], [304, '']);
  const [, script = ''] = /src="(\/console-\w+\.js)"/.exec(html) ?? [];
  const asset = await at(script);
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(asset.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.equal(await (await at('/', {}, 'HEAD')).text(), '');
  for (const path of ['/index.html', '/../package.json', '/%2e%2e/package.json', '/console', '/api/v1/nothing']) {
    assert.equal((await at(path)).status, 404, path);
  }
  assert.equal((await at('/', {}, 'POST')).status, 404);
});

test('nobody becomes the first owner by a guess, from another site, or where there is an administrator', async (context) => {
  const { ask } = await administered(context);
  const json = { secret: 'x', name: 'eve', password: ADMIN_PASSWORD };
  assert.equal((await ask('POST', '/first-owner', { json })).json['code'], 'no-such-link');
  const foreign = await ask('POST', '/first-owner', { json, headers: { origin: 'http://evil.example' } });
  assert.equal(foreign.json['code'], 'forged-request');
});

test('an invitation lets one in at a time, once, and until its time is over', async () => {
  let now = 0;
  const { invitation, secret } = OwnerInvitation.make(100, () => now);
  const yes = async () => 'made';
  const isTaken = (outcome: string) => outcome === 'made';
  assert.equal(await invitation.use('another', yes, isTaken), undefined);
  assert.equal(await invitation.use(secret, async () => 'weak', isTaken), 'weak');
  const both = await Promise.all([invitation.use(secret, yes, isTaken), invitation.use(secret, yes, isTaken)]);
  assert.deepEqual(both, ['made', undefined]);
  assert.equal(await invitation.use(secret, yes, isTaken), undefined);
  const late = OwnerInvitation.make(100, () => now);
  now = 100;
  assert.equal(await late.invitation.use(late.secret, yes, isTaken), undefined);
});

test('what a page asks by itself does not keep a session from being idle', async () => {
  let now = 0;
  const sessions = new AdminSessions({ ...limitsWith(), adminIdleMs: 100 }, () => now);
  const anna = { name: 'anna', role: 'owner', groups: [], createdAt: new Date(), revision: 0 } as never;
  const { cookie } = sessions.begin(anna);
  const stores = { administrators: { find: async () => anna } as never, sessions };
  const ask = (more: object) => {
    const headers = { cookie: `lockport-admin=${cookie}`, ...more };
    return actorOf({ method: 'GET', target: '/', address: '', isSecure: false, body: '', headers }, stores);
  };
  now = 60;
  assert.ok('session' in (await ask({})));
  now = 150;
  assert.ok('session' in (await ask({ 'x-lockport-background': '1' })));
  now = 160;
  assert.ok('failed' in (await ask({})));
});
