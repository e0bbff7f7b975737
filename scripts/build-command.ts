/**
 * Bundles the command line into dist/cli, or into another directory that is given: Node loads a few files in place of
 * hundreds, which is most of what a start takes. `npm ci` does so in a clone, too; see bin/lockport.
 */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.dirname(import.meta.dirname);

/**
 * What runs in a process or a thread of its own. All of it comes into one directory, two levels below package.json: so each
 * finds the others and the manifest where it does in the source.
 */
const PROGRAMS = ['src/cli/main.ts', 'src/service/workers/worker-main.ts', 'src/database/writer-thread.ts'];

const output = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist/cli'));
const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  process.stdout.write('lockport: without development tools, the command line runs from its source\n');
} else {
  // Who runs the old one meanwhile finds it whole.
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
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
}
