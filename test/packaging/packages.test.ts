import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { VERBS } from '../../src/cli/verbs/index.ts';
import { MissingProgram, needTool, skipWithoutPrograms, testWith } from '../interop/tool.ts';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');

let work: string;

before(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'lockport-packages-'));
});
after(() => rm(work, { recursive: true, force: true }));

/** Gives the file that it has made. */
async function pack(form: string): Promise<string> {
  const output = path.join(work, form);
  await run(process.execPath, ['packaging/main.ts', form, '--fast', '--output', output], { cwd: ROOT });
  const [file = ''] = await readdir(output);
  return path.join(output, file);
}

describe('The Debian package', () => {
  let file: string;
  let root: string;
  let skipped: MissingProgram | undefined;

  before(async () => {
    try {
      const dpkg = await needTool('dpkg-deb');
      await needTool('strip');
      file = await pack('deb');
      root = path.join(work, 'root');
      await dpkg.run(['--extract', file, root]);
    } catch (error) {
      if (!(error instanceof MissingProgram)) throw error;
      skipped = error;
    }
  });

  /** A test of what was unpacked. */
  function onPackage(title: string, body: () => Promise<void>): void {
    test(title, (context) =>
      skipWithoutPrograms(context, async () => {
        if (skipped !== undefined) throw skipped;
        await body();
      }),
    );
  }

  onPackage('runs with the Node that it brings', async () => {
    const library = path.join(root, 'usr/lib/lockport');
    const env = { PATH: '/nonexistent' };
    const { stdout } = await run(path.join(library, 'node'), [path.join(library, 'dist/cli/main.js'), 'version'], {
      env,
    });
    assert.match(stdout, /^lockport \d+\.\d+\.\d+ \(Node v24\./);
  });

  onPackage('can speak SSH, send e-mail and judge passwords, without anything of its own machine', async () => {
    const library = path.join(root, 'usr/lib/lockport');
    const script = `for (const name of ['ssh2', 'nodemailer', '@zxcvbn-ts/core', '@zxcvbn-ts/language-common'])
      console.log(name, Object.keys(await import(name)).length > 0)`;
    const options = { cwd: library, env: { PATH: '/nonexistent' } };
    const { stdout } = await run(path.join(library, 'node'), ['--input-type=module', '--eval', script], options);
    assert.equal(stdout, 'ssh2 true\nnodemailer true\n@zxcvbn-ts/core true\n@zxcvbn-ts/language-common true\n');
  });

  onPackage('serves nothing but what its configuration says, which has no mistakes', async () => {
    const library = path.join(root, 'usr/lib/lockport');
    const { stdout } = await run(path.join(library, 'node'), [
      path.join(library, 'dist/cli/main.js'),
      'config',
      'show',
      '--json',
      '--config',
      path.join(root, 'etc/lockport/lockport.yaml'),
    ]);
    const settings: readonly { readonly key: string; readonly value: unknown }[] = JSON.parse(stdout);
    const valueOf = (key: string) => settings.find((setting) => setting.key === key)?.value;
    assert.equal(valueOf('dataDir'), '/var/lib/lockport');
    assert.deepEqual([valueOf('explicit.port'), valueOf('implicit.port')], [21, 990]);
    assert.deepEqual([valueOf('plainFtp.login'), valueOf('plainFtp.data')], ['refuse', 'refuse']);
  });

  onPackage('has a manual page for each verb, which groff reads without a complaint', async () => {
    const groff = await needTool('groff');
    const directory = path.join(root, 'usr/share/man/man1');
    const pages = await readdir(directory);
    for (const verb of VERBS.flatMap(({ verbs }) => Object.keys(verbs))) {
      assert.ok(pages.includes(`lockport-${verb}.1.gz`), verb);
    }
    for (const page of pages) {
      const { stdout } = await run('gzip', ['--decompress', '--stdout', path.join(directory, page)]);
      const { errors, code } = await groff.attempt(['-man', '-K', 'utf8', '-Tutf8', '-ww', '-z', '-'], stdout);
      assert.deepEqual([code, errors], [0, ''], page);
    }
  });

  onPackage('stops longer than transfers may take to end', async () => {
    const unit = await readFile(path.join(root, 'usr/lib/systemd/system/lockport.service'), 'utf8');
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
    const { LIMITS } = await import('../../src/core/index.ts');
    assert.ok(Number(seconds) * 1000 > LIMITS.drainMs.default);
  });

  onPackage('brings completions for each shell to where it looks for them', async () => {
    await access(path.join(root, 'usr/share/bash-completion/completions/lockport'));
    await access(path.join(root, 'usr/share/zsh/vendor-completions/_lockport'));
    await access(path.join(root, 'usr/share/fish/vendor_completions.d/lockport.fish'));
  });

  testWith('systemd-analyze', 'has a unit that systemd understands', async (analyze) => {
    if (skipped !== undefined) throw skipped;
    // systemd looks for the program that a unit starts.
    const unit = path.join(root, 'usr/lib/systemd/system/lockport.service');
    const { errors } = await analyze.attempt(['verify', '--root', root, unit]);
    assert.doesNotMatch(errors, /lockport\.service:\d+|Unknown|Failed to parse/);
  });
});

test('the archive runs from wherever it is unpacked, also through a link', async (context) => {
  await skipWithoutPrograms(context, async () => {
    await needTool('strip');
    const archive = await pack('archive');
    const directory = await mkdtemp(path.join(work, 'else where '));
    await run('tar', ['-xf', archive, '-C', directory, '--strip-components', '1']);
    await run('ln', ['-s', '../bin/lockport', path.join(directory, 'share/link')]);
    for (const program of ['bin/lockport', 'share/link']) {
      const { stdout } = await run(path.join(directory, program), ['version'], { env: { PATH: '/usr/bin:/bin' } });
      assert.match(stdout, /^lockport \d/);
    }
  });
});
