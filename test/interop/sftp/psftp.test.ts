import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { digestsOf, writeFiles } from '../sample-files.ts';
import { testWith } from '../tool.ts';
import { startSftpSetting, TREE } from './sftp-setting.ts';

suite("PuTTY's psftp", () => {
  testWith('psftp', 'does a batch by password: trees both ways, resuming, modes and names', async (psftp) => {
    await using setting = await startSftpSetting();
    const { local, server } = setting;
    const [up, some] = [join(local, 'up'), join(local, 'up/some')];
    await writeFiles(up, TREE);
    const ssh = await server.connect();
    const raw = await ssh.sftp();
    const handle = await raw.open('/half', 0x1a);
    await raw.ask({ kind: 'write', handle, offset: 0, data: (await readFile(some)).subarray(0, 90_000) });
    ssh.client.destroy();
    await server.event(({ event }) => event === 'transfer.finished');
    const commands = [
      `put -r "${up}" up`,
      `get -r up "${join(local, 'back')}"`,
      `reput "${some}" half`,
      'mv half whole',
      'chmod 600 whole',
      'ls',
      'mkdir made',
      'rmdir made',
      'del up/empty',
    ];
    await writeFile(join(local, 'batch'), `${commands.join('\n')}\n`);
    const known = server.hostKeys.flatMap(({ fingerprint }) => ['-hostkey', fingerprint]);
    const signIn = ['-P', String(server.port), '-l', 'alice', '-pw', 'wonderland', ...known];
    const shown = await psftp.run(['-batch', '-b', join(local, 'batch'), ...signIn, '127.0.0.1'], '', { HOME: local });
    assert.deepEqual(await digestsOf(join(local, 'back')), await digestsOf(up));
    assert.match(shown, /reput: restarting at file position 90000/);
    assert.match(shown, /-rw-------.* whole/);
    assert.ok((await readFile(join(server.root, 'whole'))).equals(await readFile(some)));
    assert.ok(!Object.hasOwn(await digestsOf(server.root), 'up/empty'));
  });
});
