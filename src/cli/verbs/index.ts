import type { Command } from 'commander';
import { cert } from './cert.ts';
import { config } from './config.ts';
import { REMOTE_VERBS } from './remote/index.ts';
import { serve } from './serve.ts';
import { user } from './user/index.ts';
import { version } from './version.ts';

/** Verbs that the help shows together. Each makes its own command. */
interface VerbGroup {
  readonly title: string;
  readonly verbs: readonly (() => Command)[];
}

/** Every verb of `lockport`, in the order of its help. */
export const VERBS: readonly VerbGroup[] = [
  { title: 'Files on a server', verbs: REMOTE_VERBS },
  { title: 'The server of this machine', verbs: [serve, user, cert, config] },
  { title: 'About', verbs: [version] },
];
