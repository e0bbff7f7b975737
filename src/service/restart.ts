import { isDeepStrictEqual } from 'node:util';
import type { LimitName } from '../core/index.ts';
import type { Configuration } from './configuration/index.ts';

/** What a running server can't change: it stands in open sockets, files and counts. */
const FIXED: readonly (keyof Configuration)[] = [
  'dataDir',
  'root',
  'log',
  'logLevel',
  'listen',
  'explicit',
  'implicit',
  'workers',
  'storage',
  'runAs',
];

/** Limits whose counts must not begin anew with each reload. */
const FIXED_LIMITS: readonly LimitName[] = [
  'failedLoginDelayMs',
  'maxFailedLoginDelayMs',
  'banAfterFailedLogins',
  'failedLoginWindowMs',
  'banMs',
  'maxConcurrentPasswordChecks',
  'maxWaitingPasswordChecks',
  'verifiedPasswordMs',
  'maxVerifiedPasswords',
  'maxStrangerLogLines',
  'partialKeepMs',
];

/** The settings in which `next` differs from what runs, and which take effect at the next start only. */
export function waitingForRestart(running: Configuration, next: Configuration): string[] {
  const settings = FIXED.filter((key) => !isDeepStrictEqual(running[key], next[key]));
  const limits = FIXED_LIMITS.filter((name) => running.limits[name] !== next.limits[name]);
  return [...settings, ...limits.map((name) => `limits.${name}`)];
}
