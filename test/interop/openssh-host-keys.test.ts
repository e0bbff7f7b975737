import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { identifyHostKey, makeHostKey } from '../../src/sftp/index.ts';
import { makeKeyPair, startTestSftp } from '../../src/testing/running-sftp.ts';
import { testWith } from './tool.ts';

suite("OpenSSH's sftp with UpdateHostKeys", () => {
  testWith(
    'sftp',
    'learns all keys of a server whose first one it knows, those included that come next',
    async (sftp) => {
      const pair = await makeKeyPair();
      const nextHostKeys = await Promise.all((['ed25519', 'rsa'] as const).map(makeHostKey));
      await using server = await startTestSftp({ account: { authorizedKeys: [pair.line] }, nextHostKeys });
      const file = (name: string) => join(server.root, '..', name);
      await writeFile(file('key'), pair.privateKey, { mode: 0o600 });
      await writeFile(file('known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKeys[0]?.publicKey}\n`);
      // So that it is still there when the proof comes.
      await writeFile(file('batch'), 'pwd\n!sleep 1\npwd\n');
      const options = [
        'StrictHostKeyChecking=yes',
        `UserKnownHostsFile=${file('known_hosts')}`,
        'UpdateHostKeys=yes',
        'IdentitiesOnly=yes',
        `IdentityFile=${file('key')}`,
      ].flatMap((option) => ['-o', option]);
      const place = ['-P', String(server.port), '-b', file('batch'), 'alice@127.0.0.1'];
      const outcome = await sftp.attempt(['-F', '/dev/null', ...options, ...place]);
      assert.equal(outcome.code, 0, outcome.errors);
      const known = await readFile(file('known_hosts'), 'utf8');
      const next = await Promise.all(nextHostKeys.map(identifyHostKey));
      for (const { publicKey } of [...server.hostKeys, ...next]) assert.ok(known.includes(publicKey), publicKey);
    },
  );
});
