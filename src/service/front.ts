import type { SessionList } from '../core/index.ts';
import type { ListenerOptions, ListeningAddress } from '../server/index.ts';
import type { PlainOptions } from './server-options.ts';

/** The listeners of a service and the sessions behind them, in this process or in several. */
export interface Front extends SessionList, AsyncDisposable {
  /** Opens every listener, or none. @throws ListenError */
  listen(listeners: readonly ListenerOptions[]): Promise<readonly ListeningAddress[]>;
  /** Called once the process has become who it will be. @throws StartError */
  begin(): Promise<void>;
  /** For the sessions that begin from now on. @throws TlsSettingsError; then nothing has changed. */
  reload(options: PlainOptions): void;
  /** Takes no new sessions, and lets running transfers end within `drainMs`. */
  drain(): Promise<void>;
}
