import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { connect } from '../../../src/client/index.ts';
import { makeKeyPair, startTestSftp } from '../../../src/testing/running-sftp.ts';
import { temporaryDirectory } from '../../cli/lockport-process.ts';
import { needTool, skipWithoutPrograms } from '../tool.ts';

suite("our client with OpenSSH's agent", () => {
  for (const kind of ['ed25519', 'ecdsa', 'rsa'] as const) {
    test(`a key of the kind ${kind} that the agent alone has signs in`, (context) =>
      skipWithoutPrograms(context, async () => {
        await needTool('ssh-agent');
        const add = await needTool('ssh-add');
        const scratch = await temporaryDirectory(context);
        const path = join(scratch, 'agent');
        const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'ignore'] });
        const ended = once(agent, 'exit');
        try {
          // It says where it listens as soon as it does.
          await once(agent.stdout, 'data');
          const { privateKey, line } = await makeKeyPair(kind);
          await writeFile(join(scratch, 'key'), privateKey, { mode: 0o600 });
          await add.run(['-q', join(scratch, 'key')], undefined, { ...process.env, SSH_AUTH_SOCK: path });
          await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
          const password = () => assert.fail('A password was asked for');
          const ssh = { insecure: true, agent: path };
          await using client = await connect({
            host: '127.0.0.1',
            port: server.port,
            security: 'ssh',
            user: 'alice',
            password,
            ssh,
          });
          assert.equal(client.home, '/');
        } finally {
          agent.kill();
          await ended;
        }
      }));
  }
});
