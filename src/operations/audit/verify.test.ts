import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, cp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Alteration } from './alteration.ts';
import { auditPaths, segmentsIn } from './files.ts';
import { appendUploads, openJournal, temporaryTrail } from './journal-fixture.test.ts';
import { makeNextKey } from './keyring.ts';
import { verifyAudit } from './verify.ts';

/** Small, so that 40 records make several. */
const segmentBytes = 3000;

/** A trail of several segments that a server has written and closed. */
async function writtenTrail(context: TestContext): Promise<string> {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory, { segmentBytes });
  appendUploads(journal, 40);
  return directory;
}

async function files(directory: string): Promise<string[]> {
  return (await segmentsIn(directory)).map(({ file }) => file);
}

/** Changes the lines of a file, without their line feeds. */
async function edit(file: string, change: (lines: string[]) => readonly string[]): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  await writeFile(
    file,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

async function findingOf(directory: string, options: Partial<Parameters<typeof verifyAudit>[0]> = {}) {
  const { finding } = await verifyAudit({ directory, ...options });
  return finding && { kind: finding.kind, record: finding.record };
}

type Found = Pick<Alteration, 'kind' | 'record'>;

const numberOf = (line = '') => Number(/^\{"n":(\d+)/.exec(line)?.[1]);

test('a trail as it was written is whole, and all of it is covered by signed heads but the last head itself', async (context) => {
  const directory = await writtenTrail(context);
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.isWhole, true, verdict.finding?.message);
  assert.ok(verdict.segments > 2);
  assert.equal(verdict.first, 1);
  assert.equal(verdict.heads, verdict.segments + 1, 'one at the start, at each change of segment, and at the end');
  assert.deepEqual(verdict.remarks, [
    `Records ${verdict.last} to ${verdict.last} are not yet covered by a signed head`,
  ]);
});

/** Ways to alter a trail. Each gives what must be found. */
const ALTERATIONS: { readonly [what: string]: (directory: string) => Promise<Found> } = {
  'a record with another path': async (directory) => {
    const [file = ''] = await files(directory);
    await edit(file, (lines) => lines.map((line) => line.replace('file-3"', 'file-9"')));
    return { kind: 'altered', record: 5 };
  },
  'a record with another chain value': async (directory) => {
    const [file = ''] = await files(directory);
    await edit(file, (lines) => lines.map((line, at) => (at === 5 ? line.replace(/"chain":"./, '"chain":"_') : line)));
    return { kind: 'unreadable', record: 6 };
  },
  'a record that was taken out': async (directory) => {
    const [, file = ''] = await files(directory);
    const [first] = await linesIn(file);
    await edit(file, (lines) => lines.toSpliced(2, 1));
    return { kind: 'removed', record: numberOf(first) + 2 };
  },
  'a record that was put in': async (directory) => {
    const [file = ''] = await files(directory);
    await edit(file, (lines) => lines.toSpliced(4, 0, lines[2]?.replace('"n":3', '"n":5') ?? ''));
    return { kind: 'altered', record: 5 };
  },
  'a record that stands twice': async (directory) => {
    const [file = ''] = await files(directory);
    await edit(file, (lines) => lines.toSpliced(4, 0, lines[3] ?? ''));
    return { kind: 'repeated', record: 4 };
  },
  'two records in another order': async (directory) => {
    const [file = ''] = await files(directory);
    await edit(file, (lines) => lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? ''));
    return { kind: 'removed', record: 4 };
  },
  'a segment that is gone from the middle': async (directory) => {
    const [, file = ''] = await files(directory);
    const [first] = await linesIn(file);
    await rm(file);
    return { kind: 'removed', record: numberOf(first) };
  },
  'a segment that is gone from the beginning': async (directory) => {
    const [file = ''] = await files(directory);
    await rm(file);
    return { kind: 'beginning-missing', record: 1 };
  },
  'two segments that were exchanged': async (directory) => {
    const [one = '', other = ''] = (await files(directory)).slice(1);
    const [first] = await linesIn(one);
    const content = await readFile(one);
    await writeFile(one, await readFile(other));
    await writeFile(other, content);
    return { kind: 'removed', record: numberOf(first) };
  },
  'records that were cut off at the end': async (directory) => {
    const last = (await files(directory)).at(-1) ?? '';
    const lines = await linesIn(last);
    await edit(last, (lines) => lines.slice(0, -3));
    return { kind: 'truncated', record: numberOf(lines.at(-3)) };
  },
  'the last segments that are gone': async (directory) => {
    const [, second = '', ...later] = await files(directory);
    const [first] = await linesIn(second);
    for (const file of [second, ...later]) await rm(file);
    return { kind: 'truncated', record: numberOf(first) };
  },
  'an edited head': async (directory) => {
    const { heads } = auditPaths(directory);
    const [first] = await linesIn(heads);
    await edit(heads, (lines) =>
      lines.map((line, at) => (at === 0 ? line.replace(/"at":"\d{4}/, '"at":"1999') : line)),
    );
    return { kind: 'head-forged', record: Number(/"number":(\d+)/.exec(first ?? '')?.[1]) };
  },
  'heads that were cut off': async (directory) => {
    const { heads } = auditPaths(directory);
    const lines = await linesIn(heads);
    await edit(heads, (lines) => lines.slice(0, 1));
    return { kind: 'heads-missing', record: Number(/"number":(\d+)/.exec(lines.at(-2) ?? '')?.[1]) };
  },
  'a key that nobody vouches for': async (directory) => {
    const { keys } = auditPaths(directory);
    const other = `${directory}-other`;
    await (await openJournal(other))[Symbol.asyncDispose]();
    const [statement = ''] = await linesIn(auditPaths(other).keys);
    await edit(keys, (lines) => [...lines, statement]);
    return { kind: 'key-unknown', record: 0 };
  },
  'a byte that is no text': async (directory) => {
    const [file = ''] = await files(directory);
    const bytes = await readFile(file);
    bytes[bytes.indexOf('file-5"') + 3] = 0xff;
    await writeFile(file, bytes);
    return { kind: 'altered', record: 7 };
  },
};

/** Whoever can write the files and has no key can still compute chain values. */
const FORGERIES: { readonly [what: string]: (directory: string) => Promise<Found> } = {
  'a beginning that is gone, and a record of its removal that nobody signed': async (directory) => {
    const [first, second, ...later] = await segmentsIn(directory);
    const { sealed, foundLine } = await import('./chain.ts');
    const lastIn = async (file = '') => foundLine(Buffer.from((await linesIn(file)).at(-1) ?? ''));
    const { n: through = 0, chain = '' } = (await lastIn(first?.file)) ?? {};
    const last = later.at(-1)?.file ?? '';
    const end = await lastIn(last);
    const at = new Date().toISOString();
    const removal = { n: (end?.n ?? 0) + 1, at, event: 'segments.removed', through, chain, segments: 1 };
    await appendFile(last, sealed(end?.chain ?? '', removal).line);
    await rm(first?.file ?? '');
    assert.equal(second?.first, through + 1);
    return { kind: 'beginning-missing', record: 1 };
  },
  'records that were written anew, days after the key was made, without any head': async (directory) => {
    const { sealed } = await import('./chain.ts');
    const [file = '', ...later] = await files(directory);
    const records = (await linesIn(file)).map((line): { event: string; n: number; at: string } => JSON.parse(line));
    const kept = records.filter(({ event }) => event !== 'head.signed');
    let chain = '0'.repeat(64);
    const at = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const lines = kept.map((record, index) => {
      const forged = sealed(chain, { ...record, n: index + 1, at, chain: undefined });
      ({ chain } = forged);
      return forged.line;
    });
    await writeFile(file, lines.join(''));
    for (const other of [...later, auditPaths(directory).heads]) await rm(other);
    return { kind: 'heads-missing', record: kept.length };
  },
};

async function linesIn(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
}

for (const [what, alter] of Object.entries({ ...ALTERATIONS, ...FORGERIES })) {
  test(`verification names ${what}`, async (context) => {
    const directory = await writtenTrail(context);
    const expected = await alter(directory);
    assert.deepEqual(await findingOf(directory), expected);
  });
}

test('a record that was altered with all that follows made to fit is named by the first head that covers it', async (context) => {
  const directory = await writtenTrail(context);
  const { chainAfter, foundLine } = await import('./chain.ts');
  const [file = ''] = await files(directory);
  let chain = '0'.repeat(64);
  await edit(file, (lines) =>
    lines.map((line) => {
      const { body } = foundLine(Buffer.from(line)) ?? {};
      const forged = body?.toString().replace('file-3"', 'file-9"') ?? '';
      chain = chainAfter(chain, Buffer.from(forged));
      return `${forged},"chain":"${chain}"}`;
    }),
  );
  const [, head = ''] = await linesIn(auditPaths(directory).heads);
  assert.deepEqual(await findingOf(directory), { kind: 'altered', record: Number(/"number":(\d+)/.exec(head)?.[1]) });
});

test('a trail whose records were deleted and begun anew is named, and the warning comes at the start', async (context) => {
  const directory = await writtenTrail(context);
  for (const file of await files(directory)) await rm(file);
  const warnings: string[] = [];
  const journal = await openJournal(directory, { warn: (message) => warnings.push(message) });
  appendUploads(journal, 100);
  await journal[Symbol.asyncDispose]();
  assert.match(warnings.join(), /ends at record 0/);
  assert.deepEqual(await findingOf(directory), { kind: 'new-chain', record: 1 });
});

test('where all records are gone, the heads say that they were, and of no other journal', async (context) => {
  const directory = await writtenTrail(context);
  for (const file of await files(directory)) await rm(file);
  assert.deepEqual(await findingOf(directory), { kind: 'truncated', record: 1 });
});

test('a trail that was begun anew without its heads is named by its keys', async (context) => {
  const directory = await writtenTrail(context);
  for (const file of [...(await files(directory)), auditPaths(directory).heads]) await rm(file);
  const later = Date.now() + 3_600_000;
  await (await openJournal(directory, { now: () => later }))[Symbol.asyncDispose]();
  assert.deepEqual(await findingOf(directory), { kind: 'new-chain', record: 1 });
});

test('a trail that was written anew with another key is named where the key, or a head, was kept elsewhere', async (context) => {
  const directory = await writtenTrail(context);
  const kept = join(directory, '..', 'kept-heads');
  await cp(auditPaths(directory).heads, kept);
  await rm(directory, { recursive: true });
  const journal = await openJournal(directory);
  appendUploads(journal, 200);
  await journal[Symbol.asyncDispose]();
  assert.equal(await findingOf(directory), undefined, 'nothing in the directory tells');
  assert.deepEqual(await findingOf(directory, { heads: kept }), { kind: 'new-chain', record: 1 });
  const { publicKey } = generateKeyPairSync('ed25519');
  assert.deepEqual(await findingOf(directory, { publicKey }), { kind: 'key-unknown', record: 0 });
});

test('a key is replaced by one that it vouches for, and either of them is known by the other', async (context) => {
  const directory = await temporaryTrail(context);
  const journal = await openJournal(directory);
  appendUploads(journal, 3);
  const before = await publicKeyOf(directory);
  assert.ok(await makeNextKey(auditPaths(directory)));
  assert.equal(await makeNextKey(auditPaths(directory)), undefined, 'one waits already');
  assert.equal(await journal.rotateKey(), true);
  assert.equal(await journal.rotateKey(), false);
  appendUploads(journal, 3);
  await journal[Symbol.asyncDispose]();
  const after = await publicKeyOf(directory);
  for (const publicKey of [before, after]) {
    const verdict = await verifyAudit({ directory, publicKey });
    assert.equal(verdict.finding, undefined);
    assert.equal(verdict.key, (await import('./keys.ts')).keyId(after));
  }
});

test('the statements of the keys are replaced as a whole, so that no crash and no full disk leaves half of one', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory);
  const { keys } = auditPaths(directory);
  await using before = await open(keys);
  assert.ok(await makeNextKey(auditPaths(directory)));
  assert.equal(await journal.rotateKey(), true);
  const [first = '', ...more] = await linesIn(keys);
  assert.equal(await before.readFile('utf8'), `${first}\n`, 'the file of before has not grown');
  assert.equal(more.length, 1);
});

test('a key that took over just before a crash signs after the next start', async (context) => {
  const directory = await temporaryTrail(context);
  await (await openJournal(directory))[Symbol.asyncDispose]();
  const id = await makeNextKey(auditPaths(directory));
  await (await openJournal(directory))[Symbol.asyncDispose]();
  assert.ok(!(await readdir(directory)).includes('next-key.pem'));
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.finding, undefined);
  assert.equal(verdict.key, id);
});

async function publicKeyOf(directory: string) {
  const { createPublicKey } = await import('node:crypto');
  return createPublicKey(await readFile(auditPaths(directory).key));
}
