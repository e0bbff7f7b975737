import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Compression, type Program, run } from './program.ts';

/** What is in the package as it is in this directory, but for what is filled in. */
const TEMPLATES = path.join(import.meta.dirname, 'debian');

/** Debian's names of the processors that Node calls by others. */
const ARCHITECTURES: { readonly [processor: string]: string } = { x64: 'amd64', ia32: 'i386', arm: 'armhf' };

/** What is installed where. */
const FILES: readonly {
  readonly template: string;
  readonly target: string;
  readonly mode: number;
}[] = [
  { template: 'lockport', target: 'usr/bin/lockport', mode: 0o755 },
  { template: 'lockport.yaml', target: 'etc/lockport/lockport.yaml', mode: 0o644 },
  { template: 'lockport.service', target: 'usr/lib/systemd/system/lockport.service', mode: 0o644 },
  { template: 'copyright', target: 'usr/share/doc/lockport/copyright', mode: 0o644 },
  { template: 'lintian-overrides', target: 'usr/share/lintian/overrides/lockport', mode: 0o644 },
  { template: 'conffiles', target: 'DEBIAN/conffiles', mode: 0o644 },
  { template: 'preinst', target: 'DEBIAN/preinst', mode: 0o755 },
  { template: 'postinst', target: 'DEBIAN/postinst', mode: 0o755 },
  { template: 'prerm', target: 'DEBIAN/prerm', mode: 0o755 },
  { template: 'postrm', target: 'DEBIAN/postrm', mode: 0o755 },
];

/** Where each shell looks for completions of a command. */
const COMPLETION_TARGETS: { readonly [shell: string]: string } = {
  bash: 'usr/share/bash-completion/completions/lockport',
  zsh: 'usr/share/zsh/vendor-completions/_lockport',
  fish: 'usr/share/fish/vendor_completions.d/lockport.fish',
};

/** A package for Debian 12 and later, and for what is made of it: user, directories, unit, manual and completions. */
export async function makeDebianPackage(
  program: Program,
  work: string,
  output: string,
  compression: Compression,
): Promise<string> {
  const root = path.join(work, 'debian');
  const version = program.version.replace('-', '~');
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  for (const { template, target, mode } of FILES) await install(template, path.join(root, target), mode);
  await mkdir(path.join(root, 'usr/lib'), { recursive: true });
  await rename(program.library, path.join(root, 'usr/lib/lockport'));
  for (const [shell, target] of Object.entries(COMPLETION_TARGETS)) {
    await mkdir(path.dirname(path.join(root, target)), { recursive: true });
    await copyFile(path.join(program.completions, shell), path.join(root, target));
  }
  const documents = path.join(root, 'usr/share/doc/lockport');
  for (const name of ['README.md', 'docs']) {
    await cp(path.join(program.documents, name), path.join(documents, name), { recursive: true });
  }
  await writeCompressed(path.join(documents, 'changelog.gz'), changelog(version, program.time));
  for (const file of await readdir(program.manual)) {
    const target = path.join(root, 'usr/share/man/man1', `${file}.gz`);
    await writeCompressed(target, await readFile(path.join(program.manual, file), 'utf8'));
  }
  await setModes(root);
  await writeFile(path.join(root, 'DEBIAN/control'), await control(root, version, architecture));
  await writeFile(path.join(root, 'DEBIAN/md5sums'), await checksums(root));
  const file = path.join(output, `lockport_${version}_${architecture}.deb`);
  const compress = compression === 'fast' ? ['-Zgzip', '-z1'] : ['-Zxz'];
  await run('dpkg-deb', ['--root-owner-group', ...compress, '--build', root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(program.time) },
  });
  return file;
}

/** What runs may be run; all else may be read. */
async function setModes(root: string): Promise<void> {
  await run('find', [root, '-type', 'd', '-exec', 'chmod', '755', '{}', '+']);
  await run('find', [path.join(root, 'usr'), '-type', 'f', '-exec', 'chmod', '644', '{}', '+']);
  for (const program of ['usr/bin/lockport', 'usr/lib/lockport/node']) await chmod(path.join(root, program), 0o755);
}

async function install(template: string, target: string, mode: number): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(path.join(TEMPLATES, template), target);
  await chmod(target, mode);
}

async function writeCompressed(target: string, text: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, await promisify(gzip)(text, { level: 9 }));
}

async function control(root: string, version: string, architecture: string): Promise<string> {
  const template = await readFile(path.join(TEMPLATES, 'control'), 'utf8');
  const { stdout } = await run('du', ['-sk', '--apparent-size', root]);
  const values: { readonly [name: string]: string } = {
    VERSION: version,
    ARCHITECTURE: architecture,
    SIZE: stdout.split('\t')[0] ?? '',
    MAINTAINER: maintainer(),
  };
  return template.replaceAll(/@([A-Z]+)@/g, (_, name: string) => values[name] ?? '');
}

/** Named as Debian's own tools have it named. */
function maintainer(): string {
  const { DEBFULLNAME = 'The Lockport authors', DEBEMAIL = 'packages@lockport.invalid' } = process.env;
  return `${DEBFULLNAME} <${DEBEMAIL}>`;
}

/** What changed stands in CHANGELOG.md; the form that dpkg knows names the version. */
function changelog(version: string, time: number): string {
  const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000');
  return `lockport (${version}) unstable; urgency=medium\n\n  * See docs/CHANGELOG.md.\n\n -- ${maintainer()}  ${date}\n`;
}

async function checksums(root: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'find usr -type f -print0 | sort -z | xargs -0 md5sum'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
