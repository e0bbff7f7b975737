import { randomBytes } from 'node:crypto';
import { link, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from './digest.ts';

/** What is moved: a file, or a tree of them. */
export interface Material {
  readonly path: string;
  /** The files of a tree, by their paths below `path`; none where it is a file. */
  readonly files: readonly string[];
  readonly bytes: number;
}

const blockBytes = 1024 * 1024;
const filesADirectory = 50;

export async function makeFile(path: string, mebibytes: number): Promise<Material> {
  await using file = await open(path, 'wx', 0o644);
  for (let block = 0; block < mebibytes; block += 1) await file.writeFile(randomBytes(blockBytes));
  return { path, files: [], bytes: mebibytes * blockBytes };
}

export async function makeTree(path: string, count: number, bytesAFile: number): Promise<Material> {
  const files = Array.from({ length: count }, (_, index) => `part-${Math.floor(index / filesADirectory)}/${index}.bin`);
  for (const [index, name] of files.entries()) {
    if (index % filesADirectory === 0) await mkdir(join(path, `part-${index / filesADirectory}`), { recursive: true });
    await using file = await open(join(path, name), 'wx', 0o644);
    await file.writeFile(randomBytes(bytesAFile));
  }
  return { path, files, bytes: count * bytesAFile };
}

/** Makes the same files known under another path of the same disk. */
export async function linkMaterial({ path, files }: Material, target: string): Promise<void> {
  for (const name of namesOf(files)) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await link(join(path, name), join(target, name));
  }
}

/** What of a copy is looked at: sizes take no time, but a gigabyte read again does. */
export type Thoroughness = 'sizes' | 'bytes';

/** @throws unless `copy` has all of the material */
export async function checkWhole(material: Material, copy: string, thoroughness: Thoroughness): Promise<void> {
  for (const name of namesOf(material.files)) {
    const [expected, received] = [join(material.path, name), join(copy, name)];
    const sizes = await Promise.all([expected, received].map(async (path) => (await stat(path)).size));
    if (sizes[0] !== sizes[1]) throw new Error(`${received} has ${sizes[1]} bytes of ${sizes[0]}`);
    if (thoroughness === 'bytes' && (await digestOf(expected)) !== (await digestOf(received))) {
      throw new Error(`${received} has other bytes than were sent`);
    }
  }
}

/** A file is known by the path of the material alone. */
function namesOf(files: Material['files']): readonly string[] {
  return files.length > 0 ? files : [''];
}
