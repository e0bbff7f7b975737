import type { EventSink, ListenerMode } from '../core/index.ts';
import { ListenError, type ListenerOptions, type ListeningAddress } from '../server/index.ts';
import type { Configuration } from './configuration/index.ts';
import type { Front } from './front.ts';
import { StartError } from './start-error.ts';

/** The ports of the standards (RFC 959; IANA's ftps), and those taken where privilege for them is missing. */
const PORTS: { readonly [mode in ListenerMode]: { readonly standard: number; readonly unprivileged: number } } = {
  explicit: { standard: 21, unprivileged: 2121 },
  implicit: { standard: 990, unprivileged: 2990 },
};

/**
 * Opens the configured listeners. A standard port that nobody asked for is replaced where privilege is missing.
 * @throws StartError that says what to do about a port that can't be had
 */
export async function listen(
  configuration: Configuration,
  front: Front,
  onEvent: EventSink,
): Promise<readonly ListeningAddress[]> {
  return attempt(MODES.filter((mode) => configuration[mode].enabled).map((mode) => listenerOf(mode, configuration)));

  async function attempt(listeners: readonly ListenerOptions[]): Promise<readonly ListeningAddress[]> {
    try {
      return await front.listen(listeners);
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      const { mode, port } = error.listener;
      if (error.code !== 'EACCES' || port !== PORTS[mode].standard || configuration[mode].port !== undefined) {
        throw new StartError(whatToDo(error), { cause: error });
      }
      const instead = PORTS[mode].unprivileged;
      onEvent({ event: 'notice', message: `Port ${port} needs privilege that this process lacks: taking ${instead}` });
      return attempt(listeners.map((each) => (each === error.listener ? { ...each, port: instead } : each)));
    }
  }
}

const MODES: readonly ListenerMode[] = ['explicit', 'implicit'];

function listenerOf(mode: ListenerMode, configuration: Configuration): ListenerOptions {
  const { port = PORTS[mode].standard, address = configuration.listen } = configuration[mode];
  return { mode, port, ...(address !== undefined && { address }) };
}

function whatToDo({ code, listener: { mode, port, address } }: ListenError): string {
  const where = `port ${port}${address === undefined ? '' : ` of ${address}`} (${mode} TLS)`;
  const another = `choose another by --${mode}-port N, or do without by --no-${mode}`;
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens on ${where}: stop it, ${another}`;
    case 'EACCES':
      return `No privilege to listen on ${where}: start as root (see runAs), give Node CAP_NET_BIND_SERVICE, or ${another}`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address ?? ''} to listen on: correct --listen, or ${mode}.address`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Nobody knows an address of ${address ?? ''}: correct --listen, or ${mode}.address`;
    default:
      return `Can't listen on ${where}: ${code}; ${another}`;
  }
}
