/**
 * Bundles the command line into dist/cli, or into another directory that is given: Node loads a few files in place of
 * hundreds, which is most of what a start takes. `npm ci` does so in a clone, too; see bin/lockport.
 */
import { copyFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.dirname(import.meta.dirname);

/**
 * What runs in a process or a thread of its own. All of it comes into one directory, two levels below package.json: so each
 * finds the others and the manifest where it does in the source.
 */
const PROGRAMS = [
  'src/cli/main.ts',
  'src/service/workers/worker-main.ts',
  'src/service/admin/edge-main.ts',
  'src/service/admin/admin-thread.ts',
  'src/database/writer-thread.ts',
  'src/identity/foreign-hash/foreign-hash-thread.ts',
  'src/identity/password-policy-thread.ts',
];

const output = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist/cli'));
const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  process.stdout.write(
    'lockport: without development tools, nothing is bundled; source that has changed runs as it is\n',
  );
} else {
  // Who starts meanwhile finds the old one whole.
  const fresh = `${output}.new`;
  await rm(fresh, { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS.map((program) => ({ in: program, out: path.basename(program, '.ts') })),
    outdir: fresh,
    bundle: true,
    // What is loaded when it is needed stays apart.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    // Dependencies come by npm, with versions and licences of their own.
    packages: 'external',
    logLevel: 'warning',
  });
  await keepReplaced(output, fresh);
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
}

/**
 * A program that runs loads some of its files only when it needs them, such as those that tell of a failure: so a bundle has
 * those of the one before it, too. What a file holds is in its name. The time of those that were replaced is set to 1970,
 * and they go when others are replaced.
 */
async function keepReplaced(old: string, fresh: string): Promise<void> {
  const made = new Set(await readdir(fresh));
  const left = (await readdir(old).catch((): string[] => [])).filter((name) => !made.has(name));
  const isReplacedBefore = await Promise.all(
    left.map(async (name) => (await stat(path.join(old, name))).mtimeMs === 0),
  );
  const replaced = left.filter((_, index) => isReplacedBefore[index] === false);
  for (const name of replaced.length > 0 ? replaced : left) {
    const kept = path.join(fresh, name);
    await copyFile(path.join(old, name), kept);
    await utimes(kept, 0, 0);
  }
}
