/**
 * Bundles the pages of the console into dist/web, and those of the file browser into dist/web/files; or into another directory that is
 * given. `npm ci` does so in a clone, too. What a file holds is in its name, so that browsers keep it; index.html names them. Beside
 * each file are its compressed forms.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const ROOT = path.dirname(import.meta.dirname);
/** What is part of the bundles, and whose licences go with them. */
const PARTS = ['preact', 'lean-qr'];

const output = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist/web'));
const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  process.stdout.write('lockport: without development tools, the pages are not built\n');
} else {
  const fresh = `${output}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await build('console', fresh, { console: 'main.tsx', style: 'styles/index.css', icon: '../shared/icon.svg' });
  await build('files', path.join(fresh, 'files'), {
    files: 'main.tsx',
    worker: 'worker.ts',
    style: 'styles/index.css',
    icon: '../shared/icon.svg',
  });
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
}

/** @param entries the files that index.html names, as `{NAME}`; those that there are not are left out */
async function build(name: string, directory: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const source = path.join(ROOT, 'web', name);
  const there = Object.entries(entries)
    .map(([entry, file]) => [entry, path.join(source, file)] as const)
    .filter(([, file]) => existsSync(file));
  if (!esbuild || there.length === 0) return;
  await mkdir(directory, { recursive: true });
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(there),
    entryNames: '[name]-[hash]',
    outdir: directory,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    banner: { js: await licences() },
    logLevel: 'warning',
  });
  for (const { path: file, contents } of outputFiles) await writeFile(file, contents);
  const names = outputFiles.map(({ path: file }) => path.basename(file));
  const template = await readFile(path.join(source, 'index.html'), 'utf8');
  const html = template.replaceAll(/\{([a-z]+)\}/g, (whole, entry: string) =>
    entry in entries ? (names.find((each) => each.startsWith(`${entry}-`)) ?? '') : whole,
  );
  await writeFile(path.join(directory, 'index.html'), html);
  for (const each of await readdir(directory)) await compress(path.join(directory, each));
}

async function compress(file: string): Promise<void> {
  const plain = await readFile(file);
  await writeFile(`${file}.br`, await promisify(brotliCompress)(plain));
  await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: 9 }));
}

async function licences(): Promise<string> {
  const texts = PARTS.map(async (name) => {
    const text = await readFile(path.join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}:\n${text}`;
  });
  return `/* Lockport's pages, with ${(await Promise.all(texts)).join('\n')}*/`;
}
