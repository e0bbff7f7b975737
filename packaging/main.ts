/**
 * Makes what people install without npm, with Node in it: `npm run package:deb` a Debian package, `npm run package:archive` an
 * archive for other systems. It is of the system and the processor that it is made on.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { makeArchive } from './archive.ts';
import { makeDebianPackage } from './debian-package.ts';
import { type Compression, collectProgram, type Program } from './program.ts';

interface Form {
  /** Gives the file that it has made in `output`. */
  make(program: Program, work: string, output: string, compression: Compression): Promise<string>;
}

const FORMS: { readonly [name: string]: Form } = {
  deb: { make: makeDebianPackage },
  archive: { make: makeArchive },
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string', default: 'dist-packages' }, fast: { type: 'boolean', default: false } },
});
const form = FORMS[positionals[0] ?? ''];
if (!form || positionals.length > 1) {
  process.stderr.write(`Usage: node packaging/main.ts ${Object.keys(FORMS).join('|')} [--output DIRECTORY] [--fast]\n`);
  process.exit(2);
}

const output = path.resolve(values.output);
await mkdir(output, { recursive: true });
const work = await mkdtemp(path.join(tmpdir(), 'lockport-packaging-'));
try {
  const program = await collectProgram(work);
  const file = await form.make(program, work, output, values.fast ? 'fast' : 'usual');
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
