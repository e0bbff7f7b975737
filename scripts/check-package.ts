/**
 * Packs Lockport, installs the package as a user does, and works with it: `npm run check-package -- 22 24 26`. Each
 * version of Node comes from the registry of npm into .test-tools/.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { checkExports, checkResets, checkTransfers } from './installed-package.ts';

const ROOT = path.dirname(import.meta.dirname);
/** Those that `engines` allows and that are maintained. */
const USUAL_VERSIONS = ['22', '24', '26'];
/** How long one program may run. */
const PROGRAM_MS = 300_000;
const MATRIX = ['src/transport/tls/end-of-stream.test.ts', 'src/transport/tls/end-detector.test.ts'];

const run = promisify(execFile);
const npm = process.env['npm_execpath'];
const given = process.argv.slice(2);
const versions = given.length === 0 ? USUAL_VERSIONS : given;

if (npm === undefined || !versions.every((version) => /^\d+(\.\d+){0,2}$/.test(version))) {
  process.stderr.write('Usage: npm run check-package -- [NODE_VERSION ...]\n');
  process.exit(2);
}

const work = await mkdtemp(path.join(tmpdir(), 'lockport-package-'));
try {
  const archive = await pack(npm);
  for (const version of versions) await check(npm, archive, version);
} finally {
  await rm(work, { recursive: true, force: true });
}

async function pack(npmCli: string): Promise<string> {
  const { stdout } = await run(process.execPath, [npmCli, 'pack', '--silent', '--pack-destination', work], {
    cwd: ROOT,
    timeout: PROGRAM_MS,
  });
  return path.join(work, stdout.trim().split('\n').at(-1) ?? '');
}

async function check(npmCli: string, archive: string, version: string): Promise<void> {
  const node = await installNode(npmCli, version);
  const tell = (what: string) => process.stdout.write(`Node ${version}: ${what}\n`);
  const directory = path.join(work, `node-${version}`);
  await mkdir(directory);
  await writeFile(path.join(directory, 'package.json'), '{"private":true,"type":"module"}');
  const install = [npmCli, 'install', '--no-audit', '--no-fund', '--engine-strict', archive];
  await run(node, install, { cwd: directory, timeout: PROGRAM_MS });
  tell('installed');
  tell(`imported ${(await checkExports(node, directory)).join(', ')}`);
  await checkTransfers(node, directory);
  tell('served with two workers; put, get and sync brought every byte');
  await checkResets(node, directory);
  tell('stored no upload whose data connection was reset');
  await run(node, ['--test', '--test-reporter=spec', ...MATRIX], {
    cwd: ROOT,
    timeout: PROGRAM_MS,
    maxBuffer: 2 ** 26,
  }).catch(({ stdout }: { readonly stdout?: string }) => {
    throw new Error(`Endings were not told rightly: ${stdout?.split('failing tests:').at(-1)}`);
  });
  tell('tells every end of a stream (from the sources)');
}

/** The Node of a version, brought where it is missing. Gives its program. */
async function installNode(npmCli: string, version: string): Promise<string> {
  const directory = path.join(ROOT, '.test-tools', `node-${version}`);
  const node = path.join(directory, 'node_modules', 'node', 'bin', 'node');
  const isThere = await access(node).then(
    () => true,
    () => false,
  );
  if (isThere) return node;
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'package.json'), '{"private":true,"allowScripts":{"node":true}}');
  const install = [npmCli, 'install', '--no-audit', '--no-fund', `node@${version}`];
  await run(process.execPath, install, { cwd: directory, timeout: PROGRAM_MS });
  return node;
}
