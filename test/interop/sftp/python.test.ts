import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { digestsOf, writeFiles } from '../sample-files.ts';
import { pythonWith, skipWithoutPrograms } from '../tool.ts';
import { startSftpSetting, TREE } from './sftp-setting.ts';

const scriptOf = (module: string) => fileURLToPath(new URL(`${module}-client.py`, import.meta.url));

suite('Python over SFTP', () => {
  test('paramiko moves, reads ahead, resumes, changes, hashes and renames', (context) =>
    skipWithoutPrograms(context, async () => {
      const python = await pythonWith('paramiko');
      await using setting = await startSftpSetting();
      const output = await python.run([scriptOf('paramiko'), String(setting.server.port), 'alice', 'wonderland']);
      assert.deepEqual(output.trim().split('\n'), [
        'put 1024000',
        'prefetch True',
        'readv [True, True]',
        'check True',
        'changed True',
        'appended 4',
        'attributes 10 0o600 1000000000',
        'exclusive OSError',
        'owner OSError',
        'rename OSError',
        "list ['two']",
        'missing FileNotFoundError',
        'path /x',
      ]);
    }));

  test('asyncssh copies trees, and many files at once', (context) =>
    skipWithoutPrograms(context, async () => {
      const python = await pythonWith('asyncssh');
      await using setting = await startSftpSetting();
      const { local, server } = setting;
      await writeFiles(join(local, 'up'), TREE);
      const script = ['-W', 'ignore', scriptOf('asyncssh')];
      const output = await python.run([...script, String(server.port), 'alice', 'wonderland', local]);
      assert.deepEqual(output.trim().split('\n'), [
        'glob up/byte up/empty',
        'many 20',
        'read 234',
        'length 5',
        'room True',
        'left False /',
      ]);
      assert.deepEqual(await digestsOf(join(local, 'back')), await digestsOf(join(local, 'up')));
      assert.equal(await readFile(join(server.root, 'many-0'), 'utf8'), '01234');
    }));
});
