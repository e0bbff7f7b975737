import type { ListenerMode, Publish } from '../core/index.ts';
import { ListenError, type ListeningAddress, type ListeningPlace } from '../server/index.ts';
import { type Configuration, type ConfiguredListener, listenersOf } from './configuration/index.ts';
import type { FrontEnd } from './front-end.ts';
import type { PlainOptions } from './server-options.ts';
import { identifyHostKeys } from './sftp/host-keys.ts';
import { StartError } from './start-error.ts';

/** The ports of the standards (RFC 959; IANA's ftps), the usual one of SFTP beside an sshd, and those taken where privilege for them is missing. */
const PORTS: { readonly [mode in ListenerMode]: { readonly standard: number; readonly unprivileged: number } } = {
  explicit: { standard: 21, unprivileged: 2121 },
  implicit: { standard: 990, unprivileged: 2990 },
  // 22 belongs to the sshd of the machine.
  sftp: { standard: 2022, unprivileged: 2022 },
  // 443 belongs to the web server of the machine.
  web: { standard: 8443, unprivileged: 8443 },
};

/**
 * Opens the configured listeners. A standard port that nobody asked for is replaced where privilege is missing.
 * @throws StartError that says what to do about a port that can't be had
 */
export async function listen(
  configuration: Configuration,
  { sftp }: PlainOptions,
  frontEnd: FrontEnd,
  onEvent: Publish,
): Promise<readonly ListeningAddress[]> {
  const configured = listenersOf(configuration);
  const addresses = await attempt(configured.map(optionsOf));
  for (const { algorithm, fingerprint } of await identifyHostKeys(sftp?.hostKeys ?? [])) {
    onEvent({ event: 'notice', message: `Host key of SFTP: ${algorithm} ${fingerprint}` });
  }
  return addresses;

  async function attempt(listeners: readonly ListeningPlace[]): Promise<readonly ListeningAddress[]> {
    try {
      return await frontEnd.listen(listeners);
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      const { mode, port } = error.listener;
      const asked = configured[listeners.indexOf(error.listener)];
      if (error.code !== 'EACCES' || port !== PORTS[mode].standard || asked?.port !== undefined) {
        throw new StartError(whatToDo(error, asked?.key ?? mode), { cause: error });
      }
      const instead = PORTS[mode].unprivileged;
      onEvent({ event: 'notice', message: `Port ${port} needs privilege that this process lacks: taking ${instead}` });
      return attempt(listeners.map((each) => (each === error.listener ? { ...each, port: instead } : each)));
    }
  }
}

function optionsOf({ mode, address, port = PORTS[mode].standard, rules }: ConfiguredListener): ListeningPlace {
  return { mode, port, ...(address !== undefined && { address }), ...rules };
}

/** What a listener is called in sentences. */
function nameOf(mode: ListenerMode): string {
  return mode === 'sftp' ? 'SFTP' : `${mode} TLS`;
}

/** @param key the setting of the listener */
function whatToDo({ code, listener: { mode, port, address } }: ListenError, key: string): string {
  const where = `port ${port}${address === undefined ? '' : ` of ${address}`} (${nameOf(mode)})`;
  const another =
    key === mode
      ? `choose another by --${mode}-port N, or do without by --no-${mode}`
      : `choose another in ${key}.port, or take that listener away`;
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens on ${where}: stop it, ${another}`;
    case 'EACCES':
      return `No privilege to listen on ${where}: start as root (see runAs), give Node CAP_NET_BIND_SERVICE, or ${another}`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address ?? ''} to listen on: correct --listen, or ${key}.address`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Nobody knows an address of ${address ?? ''}: correct --listen, or ${key}.address`;
    default:
      return `Can't listen on ${where}: ${code}; ${another}`;
  }
}
