import type { Command } from 'commander';

/** Verbs that the help shows together. They are loaded when they are needed: the server is large, the client is not. */
interface VerbGroup {
  readonly title: string;
  /** Each verb makes its own command. */
  readonly load: () => Promise<readonly (() => Command)[]>;
}

/** Every verb of `lockport`, in the order of its help. */
export const VERBS: readonly VerbGroup[] = [
  { title: 'Files on a server', load: async () => (await import('./remote/index.ts')).REMOTE_VERBS },
  { title: 'The server of this machine', load: async () => (await import('./server-verbs.ts')).SERVER_VERBS },
  { title: 'About', load: async () => [(await import('./version.ts')).version] },
];
