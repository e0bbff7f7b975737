import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompletionSource, complete, type KnownName, type WordKind } from './completion.ts';
import { wordsOf } from './words.ts';

const NAMES: { readonly [directory: string]: readonly KnownName[] } = {
  '': [
    { name: 'in', kind: 'directory' },
    { name: 'index.html', kind: 'file' },
    { name: 'my file', kind: 'file' },
    { name: 'link', kind: 'link' },
    { name: '.hidden', kind: 'file' },
    { name: 'evil\u001b[2J', kind: 'file' },
    { name: 'a*', kind: 'file' },
  ],
  'in/': [{ name: 'prices', kind: 'file' }],
};

const KINDS: { readonly [command: string]: readonly WordKind[] } = {
  cd: ['remote-directory'],
  get: ['remote', 'local'],
};

const source: CompletionSource = {
  commands: ['cat', 'cd', 'get'],
  kinds: (command) => KINDS[command] ?? [],
  options: () => ['--resume', '--checksum'],
  names: async (side, directory) =>
    side === 'local' ? [{ name: 'here', kind: 'directory' }] : (NAMES[directory] ?? []),
};

async function candidates(line: string): Promise<readonly string[]> {
  return (await complete(line, source)).candidates;
}

test('the first word is a command', async () => {
  assert.deepEqual(await candidates('c'), ['cat ', 'cd ']);
  assert.deepEqual(await complete('g', source), { candidates: ['get '], typed: 'g' });
});

test('a file ends its word, a directory goes on', async () => {
  assert.deepEqual(await candidates('get in'), ['in/', 'index.html ']);
  assert.deepEqual(await candidates('get in/p'), ['in/prices ']);
});

test('cd is completed with directories, and links that may lead to one', async () => {
  assert.deepEqual(await candidates('cd '), ['in/', 'link ']);
});

test('the words of a command differ, and options do not count', async () => {
  assert.deepEqual(await candidates('get --resume x h'), ['here/']);
  assert.deepEqual(await candidates('get --r'), ['--resume ']);
});

test('what was typed stays as it was typed, and the rest is quoted as it must be', async () => {
  for (const [typed, candidate] of [
    ['my', 'my\\ file '],
    ['my\\ f', 'my\\ file '],
    ['m\\y', 'm\\y\\ file '],
    ['"my', '"my file" '],
    ["'my f", "'my file' "],
    ['"in/p', '"in/prices" '],
    ['"i"n/p', '"i"n/prices '],
  ] as const) {
    assert.deepEqual(await complete(`get ${typed}`, source), { candidates: [candidate], typed });
    assert.equal(wordsOf(candidate).length, 1);
  }
});

test('a completed name is no pattern', async () => {
  assert.deepEqual(await candidates('get a'), ['a\\* ']);
});

test('names that begin with a dot come when they are asked for, names that act on a terminal never', async () => {
  assert.ok(!(await candidates('get ')).some((name) => name.startsWith('.')));
  assert.deepEqual(await candidates('get .'), ['.hidden ']);
  assert.deepEqual(await candidates('get evil'), []);
});

test('an unknown command has nothing to go on with', async () => {
  assert.deepEqual(await candidates('what i'), []);
});
