/**
 * Bundles the console's pages into dist/web, or into another directory that is given. `npm ci` does so in a clone, too. What a
 * file holds is in its name, so that browsers keep it; index.html names them. Beside each file are its compressed forms.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const ROOT = path.dirname(import.meta.dirname);
const SOURCE = path.join(ROOT, 'web/console');
/** What is part of the bundle, and whose licences go with it. */
const PARTS = ['preact', 'lean-qr'];

const output = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist/web'));
const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  process.stdout.write('lockport: without development tools, the console is not built\n');
} else {
  const fresh = `${output}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: {
      console: path.join(SOURCE, 'main.tsx'),
      style: path.join(SOURCE, 'styles/index.css'),
      icon: path.join(SOURCE, 'icon.svg'),
    },
    entryNames: '[name]-[hash]',
    outdir: fresh,
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
  const named = (start: string) => names.find((name) => name.startsWith(start)) ?? '';
  const template = await readFile(path.join(SOURCE, 'index.html'), 'utf8');
  const html = template.replaceAll(/\{(console|style|icon)\}/g, (_, name: string) => named(`${name}-`));
  await writeFile(path.join(fresh, 'index.html'), html);
  for (const name of await readdir(fresh)) {
    const file = path.join(fresh, name);
    const plain = await readFile(file);
    await writeFile(`${file}.br`, await promisify(brotliCompress)(plain));
    await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: 9 }));
  }
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
}

async function licences(): Promise<string> {
  const texts = PARTS.map(async (name) => {
    const text = await readFile(path.join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}:\n${text}`;
  });
  return `/* Lockport's console, with ${(await Promise.all(texts)).join('\n')}*/`;
}
