import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { startTestSftp } from '../../src/testing/running-sftp.ts';
import { softSecurityKey } from '../../src/testing/soft-security-key.ts';
import { softAgent } from './soft-agent.ts';
import { testWith } from './tool.ts';

suite("OpenSSH's sftp, by a security key in an agent", () => {
  for (const kind of ['ed25519', 'ecdsa'] as const) {
    for (const [sentence, flags, code] of [
      ['signs in where it was touched', undefined, 0],
      ['is refused where it was not', 0, 255],
    ] as const) {
      testWith('sftp', `${sentence} (${kind})`, async (sftp) => {
        const key = softSecurityKey(kind);
        await using server = await startTestSftp({ account: { authorizedKeys: [key.line] } });
        await using agent = await softAgent(key, flags);
        const batch = join(server.root, '..', 'batch');
        await writeFile(batch, 'pwd\n');
        const options = [
          'StrictHostKeyChecking=no',
          'UserKnownHostsFile=/dev/null',
          'PreferredAuthentications=publickey',
          `IdentityAgent=${agent.socket}`,
        ].flatMap((option) => ['-o', option]);
        const place = ['-P', String(server.port), '-b', batch, 'alice@127.0.0.1'];
        const outcome = await sftp.attempt(['-F', '/dev/null', ...options, ...place]);
        assert.equal(outcome.code, code, outcome.errors);
        const login = server.events.find(({ event }) => event === 'login.succeeded');
        assert.equal(login?.event === 'login.succeeded' && login.method, code === 0 && 'public-key');
      });
    }
  }
});
