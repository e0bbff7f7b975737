import type { Command } from 'commander';
import { cert } from './cert.ts';
import { config } from './config.ts';
import { serve } from './serve.ts';
import { user } from './user/index.ts';
import { version } from './version.ts';

/** Every verb of `lockport`, in the order of its help. Each makes its own command. */
export const VERBS: readonly (() => Command)[] = [serve, user, cert, config, version];
