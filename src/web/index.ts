/** The web front-end: account holders' files over HTTP, and nothing of accounts or disks. */

export type { WebMe } from './contract.ts';
export type { WebOptions, WebSurroundings } from './options.ts';
export { WebHost } from './web-host.ts';
