import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { digestsOf, writeFiles } from '../sample-files.ts';
import { testWith } from '../tool.ts';
import { type SftpSetting, startSftpSetting, TREE } from './sftp-setting.ts';

suite('lftp over SFTP', () => {
  testWith('lftp', 'mirrors a tree both ways with several connections, and goes on with what was cut', async (lftp) => {
    await using setting = await startSftpSetting();
    const { server, local } = setting;
    await writeFiles(join(local, 'up'), TREE);
    await writeFile(join(local, 'cut'), await readFile(join(local, 'up/some')));
    await truncate(join(local, 'cut'), 12_345);
    const run = (...commands: readonly string[]) => lftp.run(['-c', [...opening(setting), ...commands].join('; ')]);
    const shown = await run(
      `mirror -R --parallel=4 "${join(local, 'up')}" up`,
      `mirror --parallel=4 up "${join(local, 'back')}"`,
      `get -c up/some -o "${join(local, 'cut')}"`,
      'mv up/some up/moved',
      'chmod 600 up/moved',
      'cls -l up/moved',
      'rm -r up/deep',
      'cls -1 up',
    );
    assert.deepEqual(await digestsOf(join(local, 'back')), await digestsOf(join(local, 'up')));
    assert.ok((await readFile(join(local, 'cut'))).equals(await readFile(join(local, 'up/some'))));
    assert.match(shown, /^-rw------- .* up\/moved\nup\/byte\nup\/empty\nup\/moved\nup\/thirty\/$/m);
    assert.deepEqual(
      server.events.filter(({ event }) => event === 'failure'),
      [],
    );
  });
});

function opening({ server, sshOptions }: SftpSetting): readonly string[] {
  const ssh = ['ssh', '-a', '-x', '-F', '/dev/null', ...sshOptions.map((option) => `-o ${option}`)].join(' ');
  return [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    `set sftp:connect-program "${ssh}"`,
    `open -p ${server.port} sftp://alice:@127.0.0.1`,
  ];
}
