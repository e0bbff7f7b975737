import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { digestsOf, writeFiles } from '../sample-files.ts';
import { findTool, MissingProgram, testWith } from '../tool.ts';
import { type SftpSetting, startSftpSetting, TREE } from './sftp-setting.ts';

const SHARED = ['--config=', '--retries=1', '--transfers=8', '--checkers=8'];

suite('rclone over SFTP', () => {
  testWith('rclone', 'syncs both ways, eight files at once, and finds no difference', async (rclone) => {
    await using setting = await startSftpSetting();
    const { local, server } = setting;
    const [up, back] = [join(local, 'up'), join(local, 'back')];
    await writeFiles(up, TREE);
    const remote = [...remoteOptions(setting), ...SHARED];
    await rclone.run(['sync', up, ':sftp:up', ...remote]);
    // It takes hashes from commands of a shell alone, which there is none of: so it compares bytes.
    await rclone.run(['check', '--download', up, ':sftp:up', ...remote]);
    await rm(join(up, 'deep'), { recursive: true });
    await writeFiles(up, { some: 100_000 });
    await rclone.run(['sync', up, ':sftp:up', ...remote]);
    await rclone.run(['sync', ':sftp:up', back, ...remote]);
    assert.deepEqual(await digestsOf(join(server.root, 'up')), await digestsOf(up));
    assert.deepEqual(await digestsOf(back), await digestsOf(up));
    assert.match(await rclone.run(['about', ':sftp:', ...remote]), /^Free: /m);
  });
});

suite('restic over SFTP', () => {
  testWith('restic', 'backs up, checks and restores', async (restic) => {
    if (!(await findTool('ssh'))) throw new MissingProgram('ssh');
    await using setting = await startSftpSetting();
    const { local, server, sshOptions } = setting;
    await writeFiles(join(local, 'up'), TREE);
    const options = sshOptions.flatMap((option) => ['-o', option]);
    const command = ['ssh', '-F', '/dev/null', ...options, '-p', server.port, 'alice@127.0.0.1', '-s', 'sftp'].join(
      ' ',
    );
    const environment = {
      RESTIC_PASSWORD: 'kept in mind',
      RESTIC_REPOSITORY: 'sftp:alice@127.0.0.1:repository',
      RESTIC_CACHE_DIR: join(local, 'cache'),
    };
    const run = (...args: readonly string[]) =>
      restic.run([...args, '--quiet', '-o', `sftp.command=${command}`], '', environment);
    await run('init');
    await run('backup', join(local, 'up'));
    await run('check', '--read-data');
    await run('restore', 'latest', '--target', join(local, 'restored'));
    assert.deepEqual(await digestsOf(join(local, 'restored', local, 'up')), await digestsOf(join(local, 'up')));
  });
});

function remoteOptions({ server, keyFile }: SftpSetting): readonly string[] {
  const remote = { host: '127.0.0.1', port: server.port, user: 'alice', 'key-file': keyFile };
  return Object.entries(remote).map(([name, value]) => `--sftp-${name}=${value}`);
}
