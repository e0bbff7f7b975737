import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { limitsWith } from '../../src/core/index.ts';
import { actorOf } from '../../src/service/admin/actor.ts';
import { AdminSessions } from '../../src/service/admin/admin-sessions.ts';
import { OwnerInvitation } from '../../src/service/admin/owner-invitation.ts';
import { findPage } from '../../src/service/admin/pages.ts';
import { readConsolePages } from '../../src/service/built-pages.ts';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { buildPages } from './browser.ts';

const MOST_BYTES = 200_000;

test('the console is small, names no other host, and has no script or style of its own in its markup', async (context) => {
  const directory = join(await temporaryDirectory(context), 'web');
  await buildPages(directory);
  const pages = await readConsolePages(directory);
  const compressed = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const encoding of ['br', 'gzip'] as const) {
    const forms = pages.map(({ forms: [, ...rest] }) => rest.find((form) => form.encoding === encoding));
    const bytes = forms.reduce((sum, form) => sum + (form?.body.length ?? Infinity), 0);
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes of ${encoding}`);
    for (const [index, form] of forms.entries()) {
      assert.deepEqual(compressed[encoding](form?.body ?? ''), pages[index]?.forms[0].body);
    }
  }
  const etags = pages.flatMap(({ forms }) => forms.map(({ etag }) => etag));
  assert.equal(new Set(etags).size, etags.length);
  const html = await readFile(join(directory, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|<script(?![^>]* src="\/)|https?:|\{/);
  for (const { path, isImmutable } of pages) assert.equal(isImmutable, path !== '/', path);
  assert.equal(pages.length, 4);
});

test('each browser gets the smallest form of a page that it takes', async (context) => {
  const directory = join(await temporaryDirectory(context), 'web');
  await buildPages(directory);
  const pages = await readConsolePages(directory);
  const home = (headers: Readonly<Record<string, string>>) => findPage(pages, 'GET', '/', headers);
  const encodings: readonly (readonly [accepted: string, given: string | undefined])[] = [
    ['', undefined],
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0.2, gzip;q=0.9', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['br; q=0, gzip;q=0', undefined],
    ['*;q=0', undefined],
    ['identity', undefined],
  ];
  for (const [accepted, given] of encodings) {
    const answer = home({ 'accept-encoding': accepted });
    assert.equal(answer?.headers['content-encoding'], given, accepted);
    assert.equal(answer?.headers['vary'], 'accept-encoding');
    const etag = answer?.headers['etag'] ?? '';
    for (const known of [etag, `"x", W/${etag}`]) {
      const again = home({ 'accept-encoding': accepted, 'if-none-match': known });
      assert.deepEqual([again?.status, again?.body, again?.headers['vary']], [304, '', 'accept-encoding'], accepted);
    }
    const other = given === 'br' ? '' : 'br';
    assert.equal(home({ 'accept-encoding': other, 'if-none-match': etag })?.status, 200, 'another form');
  }
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
  const asset = await at(script, { 'accept-encoding': 'gzip, br' });
  assert.equal(asset.headers.get('content-encoding'), 'br');
  assert.match(await asset.text(), /^\/\* Lockport's pages/);
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
