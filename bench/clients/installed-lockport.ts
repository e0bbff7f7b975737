import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const clone = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** Lockport as npm installs it: compiled, so that no figure has the compiling in it. */
export interface InstalledLockport {
  /** The program behind `lockport`. */
  readonly program: string;
  /** What `lockport/client` stands for. */
  readonly library: string;
  readonly version: string;
}

/** Builds the working tree into `directory`, which may exist. */
export async function installLockport(directory: string): Promise<InstalledLockport> {
  await mkdir(directory, { recursive: true });
  const compiler = join(clone, 'node_modules/typescript/bin/tsc');
  const emit = ['--noCheck', '--declaration', 'false', '--sourceMap', 'false', '--outDir', join(directory, 'dist')];
  await run(process.execPath, [compiler, '-p', join(clone, 'tsconfig.build.json'), ...emit]);
  await run(process.execPath, [join(clone, 'scripts/build-command.ts'), join(directory, 'dist/cli')]);
  await copyFile(join(clone, 'package.json'), join(directory, 'package.json'));
  await symlink(join(clone, 'node_modules'), join(directory, 'node_modules'));
  const { version }: { version: string } = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8'));
  return {
    program: join(directory, 'dist/cli/main.js'),
    library: join(directory, 'dist/client/index.js'),
    version,
  };
}
