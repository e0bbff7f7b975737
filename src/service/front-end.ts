import type { SessionList } from '../core/index.ts';
import type { ListenerOptions, ListeningAddress } from '../server/index.ts';
import type { PlainOptions } from './server-options.ts';

/** The FTP front-end of a service: its listeners and their sessions, in this process or in several. */
export interface FrontEnd extends SessionList, AsyncDisposable {
  /** Opens every listener, or none. @throws ListenError */
  listen(listeners: readonly ListenerOptions[]): Promise<readonly ListeningAddress[]>;
  /** Starts serving. Called once the process runs as its final user. @throws StartError */
  begin(): Promise<void>;
  /** Applies to the sessions that begin from now on. @throws TlsSettingsError; then nothing has changed. */
  reload(options: PlainOptions): void;
  /** Takes no new sessions, and lets running transfers end within `drainMs`. */
  drain(): Promise<void>;
}
