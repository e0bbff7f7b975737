import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// ALPACA (USENIX Security 2021): a browser whose HTTPS request is led to an FTPS server of the same certificate.

const REQUEST = [
  'Host: localhost',
  'Content-Type: text/plain',
  'Content-Length: 80',
  '',
  '<script>alert(1)</script>',
  'USER alice',
  'PASS wonderland',
  'STOR stolen-cookie',
].join('\r\n');

for (const method of ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'DELETE', 'PATCH', 'TRACE']) {
  for (const implicit of [true, false]) {
    test(`A ${method} request ends the connection at its first line, ${implicit ? 'inside TLS' : 'in clear'}`, async () => {
      await using server = await startTestServer();
      const port = implicit ? server.implicitPort : server.explicitPort;
      await using client = await server.connect({ implicit, port });
      client.write(`${method} / HTTP/1.1\r\n${REQUEST}\r\n`);
      const replies = await client.ended();
      assert.deepEqual(
        replies.map(({ code }) => code),
        [220],
      );
      assert.equal(
        server.events.some((event) => event.event === 'command' && event.verb === 'USER'),
        false,
      );
    });
  }
}

test('Nothing that a stranger sends comes back to it', async () => {
  await using server = await startTestServer({ limits: { maxUnknownCommands: 100 } });
  await using client = await server.connect({ implicit: true, port: server.implicitPort });
  await client.expect(220);
  const script = '<script>alert(1)</script>';
  const lines = [
    script,
    `HELP ${script}`,
    `AUTH ${script}`,
    `USER ${script}`,
    `PASS ${script}`,
    `OPTS ${script}`,
    `OPTS UTF8 ${script}`,
    `HOST ${script}`,
    `LANG ${script}`,
    `PBSZ ${script}`,
    `PROT ${script}`,
    `CLNT ${script}`,
    `CSID ${script}`,
    `RETR ${script}`,
    `SITE ${script}`,
    `REIN ${script}`,
    `NOOP ${script}`,
    `ACCT ${script}`,
  ];
  for (const line of lines) {
    const reply = await client.ask(line);
    assert.doesNotMatch(reply.lines.join('\n'), /script|alert/, line);
  }
});

test('A client that speaks another protocol by ALPN gets no connection; one that speaks ftp, or says nothing, does', async () => {
  await using server = await startTestServer();
  const connect = (protocols?: string[]) =>
    server.connect({
      implicit: true,
      port: server.implicitPort,
      tls: protocols ? { ALPNProtocols: protocols } : {},
    });
  for (const protocols of [['http/1.1'], ['h2', 'http/1.1'], ['imap']]) {
    await assert.rejects(connect(protocols), /no.application.protocol|alert number 120/i);
  }
  for (const protocols of [undefined, ['ftp'], ['h2', 'ftp']]) {
    await using client = await connect(protocols);
    await client.expect(220);
  }
});
