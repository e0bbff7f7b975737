import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { testWith } from './tool.ts';

suite('openssl s_client', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server[Symbol.asyncDispose]());

  const explicit = () => ['-connect', `localhost:${server.explicitPort}`, '-starttls', 'ftp'];
  const implicit = () => ['-connect', `localhost:${server.implicitPort}`];
  const verified = () => ['s_client', '-crlf', '-verify_return_error', '-CAfile', server.certificateFile];

  for (const [mode, address] of [
    ['explicit', explicit],
    ['implicit', implicit],
  ] as const) {
    for (const version of ['-tls1_2', '-tls1_3']) {
      testWith('openssl', `signs in, ${mode}, ${version}`, async (openssl) => {
        // It ends with its input: QUIT makes the server end first.
        const commands = 'user alice\npass wonderland\npwd\nnoop\nQUIT\n';
        const args = [...verified(), ...address(), version, '-quiet', '-ign_eof'];
        const { output, errors } = await openssl.attempt(args, commands);
        assert.match(output, /230 .*\r\n257 "\/".*\r\n200 .*\r\n221 /, errors);
      });
    }
    testWith('openssl', `is refused with TLS 1.1, ${mode}`, async (openssl) => {
      const old = ['-tls1_1', '-cipher', 'DEFAULT:@SECLEVEL=0'];
      const { code, errors } = await openssl.attempt([...verified(), ...address(), ...old]);
      assert.equal(code, 1);
      assert.match(errors, /alert|wrong version|unsupported protocol/);
    });
  }
});
