import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWith } from './tool.ts';

// What is confirmed has reached the medium: the calls that the system saw, in their order.

const STORAGE = import.meta.resolve('../../src/storage/index.ts');
const CORE = import.meta.resolve('../../src/core/index.ts');

/** Puts `bytes` into the file `name` of the directory. */
const PUT = `
  const { localStorage } = await import(${JSON.stringify(STORAGE)});
  const { ROOT, resolvePath } = await import(${JSON.stringify(CORE)});
  const [root, options] = process.argv.slice(1);
  await using storage = await localStorage({ root });
  const upload = await storage.write(resolvePath(ROOT, 'file'), JSON.parse(options));
  upload.sink.write('bytes');
  await upload.commit();
`;

interface Case {
  readonly title: string;
  readonly options: object;
  /** What stands there before. */
  readonly before?: Buffer;
  /** Each must be found behind the one before it. */
  readonly order: readonly RegExp[];
}

const TEMPORARY = String.raw`/\.lockport-\w+\.tmp`;
const cases: readonly Case[] = [
  {
    title: 'a new file is flushed, then gets its name, then its directory is flushed',
    options: {},
    order: [
      new RegExp(`fdatasync\\(\\d+<ROOT${TEMPORARY}>\\)`),
      new RegExp(`rename\\w*\\(.*${TEMPORARY}".*/file"`),
      /fsync\(\d+<ROOT>\)/,
    ],
  },
  {
    title:
      'what is appended and its record are flushed before the file is touched, and the file before the record goes',
    options: { at: 'end' },
    before: Buffer.alloc(2_000_000),
    order: [
      new RegExp(`fdatasync\\(\\d+<ROOT${TEMPORARY}>\\)`),
      new RegExp(`link\\w*\\(.*${TEMPORARY}".*\\.join"`),
      /fsync\(\d+<ROOT>\)/,
      /fchmod\(\d+<ROOT\/file>, 01\d+\)/,
      /pwrite64\(\d+<ROOT\/file>, "bytes"/,
      /fdatasync\(\d+<ROOT\/file>\)/,
      /fchmod\(\d+<ROOT\/file>, 0[0-7]{3}\)/,
      /unlink\w*\(.*\.join"/,
      /fsync\(\d+<ROOT>\)/,
    ],
  },
];

for (const { title, options, before, order } of cases) {
  testWith('strace', title, async (strace) => {
    const scratch = await realpath(await mkdtemp(join(tmpdir(), 'lockport-flushes-')));
    await using _removed = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
    const root = await mkdtemp(join(scratch, 'files-'));
    if (before) await writeFile(join(root, 'file'), before);
    const trace = join(scratch, 'trace');
    const calls = 'fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fchmod,pwrite64';
    const node = [process.execPath, '--input-type=module', '-e', PUT, root, JSON.stringify(options)];
    await strace.run(['-f', '-y', '-o', trace, '-e', `trace=${calls}`, ...node]);
    const lines = (await readFile(trace, 'utf8')).replaceAll(root, 'ROOT').split('\n');
    let from = 0;
    for (const wanted of order) {
      const index = lines.findIndex((line, at) => at >= from && wanted.test(line));
      assert.notEqual(
        index,
        -1,
        `no ${wanted} behind line ${from} of\n${lines.filter((line) => line.includes('ROOT')).join('\n')}`,
      );
      from = index + 1;
    }
  });
}
