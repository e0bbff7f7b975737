import { ALGORITHMS, parseKey, type Ssh2Module } from '../../../transport/index.ts';
import type { SshSettings, SshTransport } from '../transport.ts';
import { WatchedConnection } from './connection.ts';

/** What we call ourselves in the version line: no version, because that helps those who look for holes alone. */
const IDENT = 'Lockport';

/** SSH by the package ssh2. @throws Error where a key can't be read, or none fits the profile */
export function ssh2Transport(
  module: Ssh2Module,
  { hostKeys, nextHostKeys, profile, limits }: SshSettings,
): SshTransport {
  const { serverHostKey, ...algorithms } = ALGORITHMS[profile];
  const offered = (texts: readonly string[]) =>
    texts.map((text) => parseKey(module, text)).filter(({ type }) => isOffered(type, serverHostKey));
  const keys = offered(hostKeys);
  const shown = [...keys, ...offered(nextHostKeys)];
  if (keys.length === 0) throw new Error(`No host key is of a kind that the profile ${profile} has`);
  const options = {
    hostKeys: keys.map((key) => ({ key })),
    algorithms: { ...algorithms, serverHostKey },
    ident: IDENT,
  };
  return {
    accept(socket, listener) {
      const connection = new WatchedConnection(module, socket, limits, listener);
      // One for each connection: ssh2 tells of a client only once it has sent its version, and not on which socket.
      const server = new module.Server(options, (client, { header }) => {
        connection.attach(client, header.versions.software, shown);
      });
      server.injectSocket(socket);
      return connection;
    },
  };
}

function isOffered(type: string, offered: readonly string[]): boolean {
  return type === 'ssh-rsa' ? offered.includes('rsa-sha2-512') : offered.includes(type);
}
