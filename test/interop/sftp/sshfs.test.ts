import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { STATUS } from '../../../src/protocol/index.ts';
import { MissingProgram, needTool, skipWithoutPrograms } from '../tool.ts';
import { type SftpSetting, startSftpSetting } from './sftp-setting.ts';

const fileHere = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// The mount is used by other processes alone: a call of our own would wait for the threads that have to answer it.
suite('sshfs', () => {
  test('lets shells and editors save files in the ways they have', (context) =>
    withMount(context, async (mount) => {
      const bash = await needTool('bash');
      for (const program of ['vim', 'flock']) await needTool(program);
      const shown = await bash.run([fileHere('sshfs-steps.sh'), mount]);
      assert.deepEqual(shown.trim().split('\n'), [
        'sed: ONE two ',
        'in the middle: OxE two ',
        'shorter: OxE',
        'longer: 10',
        'moved over: new',
        'vim: saved with backupcopy auto',
        'vim: saved with backupcopy yes',
        'vim: saved with backupcopy no',
        'lock: mine',
        'while it is appended to: 6',
        'log: first',
        'tree: 1 2 3 4 5 6 7 8 9 10 ',
        'attributes: 600 2001-02-03 04:05:06.000000000 +0000',
        'link: file, saved with backupcopy no',
        'room: 1',
        'not read while it is written',
        'closed: content',
      ]);
    }));

  test('reads and writes at random, and finds what it wrote', (context) =>
    withMount(context, async (mount, { server }) => {
      const python = await needTool('python3');
      assert.equal((await python.run([fileHere('sshfs-random.py'), mount, '1'])).trim(), 'all the same');
      assert.equal(await readFile(join(server.root, 'at-once-7-renamed'), 'utf8'), 'onetwo');
      // The end of a file that is not whole is refused, and sshfs tells its program nothing of that.
      const ended = await server.event(
        (event) => event.event === 'transfer.finished' && event.path === '/hole' && event.reply === STATUS.failure,
      );
      assert.equal(ended.event === 'transfer.finished' && ended.outcome, 'discarded');
    }));
});

function withMount(context: TestContext, body: (mount: string, setting: SftpSetting) => Promise<void>): Promise<void> {
  return skipWithoutPrograms(context, async () => {
    const [sshfs, unmount] = [await needTool('sshfs'), await needTool('fusermount3')];
    await using setting = await startSftpSetting({ symlinks: true });
    const mount = join(setting.local, 'mount');
    await mkdir(mount);
    const options = setting.sshOptions.flatMap((option) => ['-o', option]);
    const port = String(setting.server.port);
    const { code, errors } = await sshfs.attempt([
      '-F',
      '/dev/null',
      ...options,
      '-p',
      port,
      'alice@127.0.0.1:/',
      mount,
    ]);
    if (code !== 0) throw new MissingProgram(`sshfs with the right to mount (${errors.trim()})`);
    try {
      await body(mount, setting);
    } finally {
      await unmount.run(['-u', '-z', mount]);
    }
  });
}
