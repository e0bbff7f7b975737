import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BIN, LockportProcess, NO_CONSOLE } from '../cli/lockport-process.ts';
import { findTool, testWith } from '../interop/tool.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = (name: string) => readFile(join(ROOT, name), 'utf8');

/** Pages whose commands run here, in their order, against a server on its first start: those in blocks ```sh tested=TOOL. */
const TESTED = ['README.md', 'docs/clients.md', 'docs/command-line.md', 'docs/guide.md', 'docs/a-day-with-partners.md'];

for (const name of TESTED) {
  const blocks = [...(await page(name)).matchAll(/^```sh tested=(\w+)\n(.*?)^```$/gms)];
  suite(`The commands of ${name} work as they stand`, () => {
    let directory: string;
    let server: LockportProcess;
    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'lockport-docs-'));
      await mkdir(join(directory, 'bin'));
      await symlink(BIN, join(directory, 'bin/lockport'));
      const flags = ['--log', 'json', '--explicit-port', '0', '--implicit-port', '0'];
      server = new LockportProcess(
        spawn(BIN, ['serve', ...flags], { cwd: directory, env: { ...process.env, ...NO_CONSOLE } }),
        join(directory, 'lockport-data'),
      );
      await server.event((record) => record['event'] === 'listening' && record['mode'] === 'implicit');
    });
    after(async () => {
      await server.kill();
      await rm(directory, { recursive: true });
    });

    for (const [, tool = '', script = ''] of blocks) {
      testWith(tool, `${tool}: ${script.split('\n', 1)[0]}`, async () => {
        const shell = await findTool('sh');
        const { password } = await server.firstAccount();
        const adapted = script
          .replaceAll('2121', String(server.port('explicit')))
          .replaceAll('2990', String(server.port('implicit')));
        const environment = { DIRECTORY: directory, HOME: directory, PASSWORD: password, LOCKPORT_PASSWORD: password };
        await shell?.run(['-eu'], `cd "$DIRECTORY"\n${adapted}`, environment);
      });
    }
  });
}

test('The pages show a transfer with each client, and the example as it is', async () => {
  const clients = await page('docs/clients.md');
  for (const tool of ['curl', 'lftp', 'rclone', 'python3'])
    assert.ok(clients.includes(`\`\`\`sh tested=${tool}\n`), tool);
  assert.ok((await page('docs/library.md')).includes(await page('examples/own-storage-and-accounts.ts')));
});

test('README.md is short enough to be read: at most 1,000 words', async () => {
  const words = (await page('README.md')).split(/\s+/).filter((word) => word !== '');
  assert.ok(words.length <= 1000, `${words.length} words`);
});

const pages = (await readdir(ROOT, { recursive: true, withFileTypes: true }))
  .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
  .filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|dist|lockport-data)\//.test(path));

test('Every link from page to page leads to a file, and to a heading of it', async () => {
  assert.ok(pages.includes('README.md'));
  for (const from of pages) {
    for (const [, link = ''] of withoutCode(await page(from)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = '', heading] = link.split('#');
      const to = path === '' ? from : join(dirname(from), path);
      const text = await readFile(join(ROOT, to), 'utf8').catch(({ code }) => (code === 'EISDIR' ? '' : undefined));
      assert.notEqual(text, undefined, `${from} links to ${link}, which does not exist`);
      if (heading)
        assert.ok(headingsOf(text ?? '').includes(heading), `${from} links to ${link}, which has no such heading`);
    }
  }
});

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The names that headings get as link targets. */
function headingsOf(markdown: string): string[] {
  const headings = markdown.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
