import type { Command } from 'commander';
import { cert } from './cert.ts';
import { config } from './config.ts';
import { serve } from './serve.ts';
import { user } from './user/index.ts';

/** The verbs that work on the server of this machine, in the order of the help. */
export const SERVER_VERBS: readonly (() => Command)[] = [serve, user, cert, config];
