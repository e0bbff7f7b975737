import type { FtpListenerMode, ListenerMode } from '../../core/index.ts';
import type { ListenerRules, PassiveOptions } from '../../server/index.ts';
import type { Configuration } from './schema.ts';
import { isSftpEnabled } from './sftp-fields.ts';
import { isWebEnabled } from './web-fields.ts';

/** A listener as it was configured. */
export interface ConfiguredListener {
  /** Its setting: `explicit`, or `listeners[0]`. */
  readonly key: string;
  readonly mode: ListenerMode;
  readonly address: string | undefined;
  /** Undefined: the standard one. */
  readonly port: number | undefined;
  readonly rules: ListenerRules;
}

const MODES: readonly FtpListenerMode[] = ['explicit', 'implicit'];

/** The listeners of the configuration: those of FTP first. */
export function listenersOf(configuration: Configuration): readonly ConfiguredListener[] {
  const { listen } = configuration;
  const listenerOf = (mode: 'sftp' | 'web'): ConfiguredListener => {
    const { address = listen, port } = configuration[mode];
    return { key: mode, mode, address, port, rules: {} };
  };
  return [
    ...ftpListenersOf(configuration),
    ...(isSftpEnabled(configuration) ? [listenerOf('sftp')] : []),
    ...(isWebEnabled(configuration) ? [listenerOf('web')] : []),
  ];
}

/** Those of the list, or else what `explicit` and `implicit` say. */
function ftpListenersOf({ listeners, listen, ...modes }: Configuration): readonly ConfiguredListener[] {
  if (listeners.length === 0) {
    const on = MODES.filter((mode) => modes[mode].enabled);
    return on.map((mode) => {
      const { address = listen, port } = modes[mode];
      return { key: mode, mode, address, port, rules: {} };
    });
  }
  return listeners.map((listener, index) => {
    const { mode, address = listen, port } = listener;
    return { key: `listeners[${index}]`, mode, address, port, rules: rulesOf(listener) };
  });
}

/** What the passive settings mean to the server. */
export function passiveOptions({ ports, address, networks }: Configuration['passive']): PassiveOptions {
  return {
    ...(ports && { ports }),
    ...(address !== undefined && { address }),
    ...(networks && { networks: networks.map(({ clients, address }) => ({ clients, ...(address && { address }) })) }),
  };
}

function rulesOf({
  tls,
  plainFtp,
  sessionReuse,
  accounts,
  passive,
}: Configuration['listeners'][number]): ListenerRules {
  const { profile, minVersion, maxVersion } = tls ?? {};
  const { login, data } = plainFtp ?? {};
  return {
    ...(tls && {
      tls: { ...(profile && { profile }), ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) },
    }),
    ...(plainFtp && {
      clear: {
        ...(login && { login: login === 'allow-passwords-in-clear' }),
        ...(data && { data: data === 'allow-files-in-clear' }),
      },
    }),
    ...(sessionReuse && { sessionReuse }),
    ...(accounts && { accounts }),
    ...(passive && { passive: passiveOptions(passive) }),
  };
}
