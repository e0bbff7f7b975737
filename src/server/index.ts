/** `lockport/server`: the FTPS server as a library. */

export { createPace } from '../transport/index.ts';
export type { ListenerOptions, ReloadableOptions, ServerOptions } from './options.ts';
export { createServer, FtpServer, ListenError, type ListeningAddress } from './server.ts';
