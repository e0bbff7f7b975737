import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { startTestSftp } from '../../../src/testing/running-sftp.ts';
import { type Tool, testWith } from '../tool.ts';

suite('ssh-audit', () => {
  testWith('ssh-audit', 'finds nothing to be failed in the profile modern', async (audit) => {
    await using server = await startTestSftp({ profile: 'modern' });
    assert.deepEqual(await failed(audit, server.port), []);
  });

  // It fails the curves of NIST because of who made them; clients of ten years ago have no others, nor other host keys.
  testWith('ssh-audit', 'finds nothing but curves of NIST to be failed in the profile intermediate', async (audit) => {
    await using server = await startTestSftp({ profile: 'intermediate' });
    const curves = ['ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521', 'ecdsa-sha2-nistp256'];
    assert.deepEqual(await failed(audit, server.port), curves);
  });
});

/** The algorithms that it fails. */
async function failed(audit: Tool, port: number): Promise<readonly string[]> {
  const { output } = await audit.attempt(['-b', '-n', '-p', String(port), '127.0.0.1']);
  assert.match(output, /^\(gen\) software: Lockport|^\(gen\) banner: SSH-2.0-Lockport/m);
  return [...output.matchAll(/^\((?:kex|key|enc|mac)\) (\S+) .*\[fail\]/gm)].map(([, name = '']) => name);
}
