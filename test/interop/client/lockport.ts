import { PASSWORDS, startTestServer } from '../../../src/testing/index.ts';
import type { ForeignServer, ForeignServerOptions } from '../servers/foreign-server.ts';

/** Our own server, as one among the others. It speaks both versions of TLS: the client of a cell asks for one. */
export async function startLockport({
  implicit,
  sessionReuse = true,
}: ForeignServerOptions = {}): Promise<ForeignServer> {
  const server = await startTestServer({ sessionReuse: sessionReuse ? 'require' : 'off' });
  const user = 'alice';
  return {
    name: 'lockport',
    version: 'of this tree',
    port: implicit ? server.implicitPort : server.explicitPort,
    root: server.root,
    directory: '/',
    user,
    password: PASSWORDS[user] ?? '',
    certificate: server.certificate,
    certificateFile: server.certificateFile,
    handOver: async () => undefined,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
