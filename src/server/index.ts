/** `lockport/server`: the FTPS server as a library. */
export type { ListenerOptions, ReloadableOptions, ServerOptions } from './options.ts';
export { createServer, FtpServer, ListenError, type ListeningAddress } from './server.ts';
