import { chmod, cp, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { type Compression, type Program, run } from './program.ts';

/** Finds the program beside itself, also through links, so that the archive can be unpacked anywhere. */
const LAUNCHER = `#!/bin/sh
set -eu
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
library=$(cd "$(dirname "$self")/../lib/lockport" && pwd -P)
exec "$library/node" "$library/dist/cli/main.js" "$@"
`;

/** An archive with Node in it: bin/, lib/lockport/ and share/, to unpack below /usr/local or anywhere else. */
export async function makeArchive(
  program: Program,
  work: string,
  output: string,
  compression: Compression,
): Promise<string> {
  const name = `lockport-${program.version}-${process.platform}-${process.arch}`;
  const top = path.join(work, name);
  await mkdir(path.join(top, 'bin'), { recursive: true });
  await writeFile(path.join(top, 'bin/lockport'), LAUNCHER);
  await chmod(path.join(top, 'bin/lockport'), 0o755);
  await mkdir(path.join(top, 'lib'));
  await mkdir(path.join(top, 'share/man'), { recursive: true });
  await rename(program.library, path.join(top, 'lib/lockport'));
  await rename(program.manual, path.join(top, 'share/man/man1'));
  await rename(program.completions, path.join(top, 'share/completions'));
  await cp(program.documents, path.join(top, 'share/doc/lockport'), { recursive: true });
  const file = path.join(output, `${name}.tar.gz`);
  const reproducible = ['--sort=name', `--mtime=@${program.time}`, '--owner=0', '--group=0', '--numeric-owner'];
  const compress = ['--use-compress-program', compression === 'fast' ? 'gzip -n1' : 'gzip -n9'];
  await run('tar', [...reproducible, ...compress, '-C', work, '-cf', file, name]);
  return file;
}
