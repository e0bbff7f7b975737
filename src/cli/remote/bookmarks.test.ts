import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UsageError } from '../usage-error.ts';
import { readBookmarks, writeBookmark } from './bookmarks.ts';

async function fileOf(context: TestContext, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-bookmarks-'));
  context.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'client.yaml'), text);
  return join(directory, 'client.yaml');
}

test('a bookmark is a URL with settings, whose files lie beside the file', async (context) => {
  const file = await fileOf(
    context,
    'bookmarks:\n  bank:\n    url: ftpes://me@h/out\n    ca: ca.pem\n    limitRate: 1MiB\n    retries: 0\n',
  );
  assert.deepEqual(Object.fromEntries(await readBookmarks(file)), {
    bank: { url: 'ftpes://me@h/out', settings: { ca: join(file, '..', 'ca.pem'), limitRate: 1_048_576, retries: 0 } },
  });
});

test('no file, an empty one and an empty section are no bookmarks', async (context) => {
  const file = await fileOf(context, '');
  assert.equal((await readBookmarks(file)).size, 0);
  assert.equal((await readBookmarks(`${file}.none`)).size, 0);
  await writeFile(file, 'bookmarks:\n');
  assert.equal((await readBookmarks(file)).size, 0);
});

for (const [text, message] of [
  ['bookmarks: [', /client\.yaml: /],
  ['bookmarks:\n  ab:\n    user: me', /bookmarks\.ab\.url: expected an address/],
  [
    'bookmarks:\n  ab:\n    url: ftpes://h\n    retries: 1000',
    /bookmarks\.ab\.retries: expected a whole number from 0 to 100/,
  ],
  [
    'bookmarks:\n  ab:\n    url: ftpes://h\n    insecure: true',
    /bookmarks\.ab: unknown setting "insecure"; there are url, user,/,
  ],
  ['bookmarks:\n  ab:\n    url: ftpes://h\n    active: yes please', /bookmarks\.ab\.active: expected true or false/],
  ['bookmarks:\n  "a b":\n    url: ftpes://h', /bookmarks\.a b: expected a name of/],
  ['bookmarks: 7', /client\.yaml: bookmarks: expected bookmarks, each as "name:"/],
  ['bookmarks:\n  ab: ftpes://h', /bookmarks\.ab: expected settings, each as "key: value"/],
  ['- ab', /client\.yaml: expected settings, each as "key: value"/],
  ['bookmarks:\n  ab:\n    url: ftpes://h\n    pin: abc', /bookmarks\.ab\.pin: expected sha256/],
  ['bookmarks:\n  ab:\n    url: ftpes://h\n    __proto__: 1', /bookmarks\.ab: unknown setting "__proto__"/],
  ['servers: {}', /unknown setting "servers"; there are bookmarks/],
] as const) {
  test(`the mistake in ${JSON.stringify(text)} is told with its place and the way out`, async (context) => {
    const file = await fileOf(context, text);
    await assert.rejects(readBookmarks(file), (error) => error instanceof UsageError && message.test(error.message));
  });
}

test('writing a bookmark leaves the rest of the file as it is, remarks too', async (context) => {
  const file = await fileOf(context, '# mine\nbookmarks:\n  # first\n  one:\n    url: ftpes://one\n');
  await writeBookmark(file, 'two', { url: 'ftpes://two', settings: { pin: ['00'.repeat(32)] } });
  const text = await readFile(file, 'utf8');
  assert.ok(text.startsWith('# mine\nbookmarks:\n  # first\n  one:\n    url: ftpes://one\n  two:\n'), text);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await writeBookmark(file, 'one', undefined);
  assert.deepEqual([...(await readBookmarks(file)).keys()], ['two']);
});

test('a bookmark that could not be read again is not written', async (context) => {
  const file = await fileOf(context, '# mine\n');
  await assert.rejects(writeBookmark(file, 'x', { url: 'ftpes://h', settings: {} }), UsageError);
  assert.equal(await readFile(file, 'utf8'), '# mine\n');
});
