import { isDeepStrictEqual } from 'node:util';
import type { LimitName } from '../core/index.ts';
import { type Configuration, isSftpEnabled, isWebEnabled, listenersOf } from './configuration/index.ts';

/** Settings that a running server can't change, because open sockets, files and counts depend on them. */
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
  'files',
  'runAs',
  'gates',
  'quarantine',
  'audit',
  'metrics',
  'admin',
  'syslog',
  'tracing',
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
  'maxQueuedEvents',
  'maxStrangerLogLines',
  'maxStrangerRecords',
  'maxAuditQueueBytes',
  'auditStallMs',
  'partialKeepMs',
  'maxAdminConnections',
  'maxAdminConnectionsPerAddress',
  'maxAdminHeaderBytes',
  'maxAdminUrlBytes',
  'maxAdminBodyBytes',
  'adminRequestMs',
  'adminAnswerMs',
  'adminConnectionIdleMs',
  'maxAdminRequestsAtOnce',
  'maxAdminRequestsPerMinute',
  'maxAdminLoginsAtOnce',
  'adminIdleMs',
  'adminSessionMs',
  'maxAdminSessions',
  'maxAdminPage',
  'workerSilenceMs',
];

/** The settings that `next` changes and that take effect only at the next start. */
export function waitingForRestart(running: Configuration, next: Configuration): string[] {
  const settings = FIXED.filter((key) => !isDeepStrictEqual(running[key], next[key]));
  // Their rules can change; where they are can't.
  const isListFixed = listenAlike(running, next) || isDeepStrictEqual(running.listeners, next.listeners);
  const listeners = isListFixed ? [] : ['listeners'];
  const limits = FIXED_LIMITS.filter((name) => running.limits[name] !== next.limits[name]);
  const storages = isDeepStrictEqual(furtherStorages(running), furtherStorages(next)) ? [] : ['storages'];
  const moved = (['sftp', 'web'] as const).filter(
    (mode) => !isDeepStrictEqual(placeOf(running, mode), placeOf(next, mode)),
  );
  return [...settings, ...listeners, ...moved, ...storages, ...limits.map((name) => `limits.${name}`)];
}

/** Where SFTP or the web is served: host keys, algorithms and names can change. */
function placeOf(configuration: Configuration, mode: 'sftp' | 'web'): object {
  const { address, port } = configuration[mode];
  const isServed = mode === 'sftp' ? isSftpEnabled(configuration) : isWebEnabled(configuration);
  return { isServed, address, port, ...(mode === 'web' && { plainHttp: configuration.web.plainHttp }) };
}

/** The settings, in groups, that differ. */
export function changedSettings(running: Configuration, next: Configuration): string[] {
  const keys = Object.keys(next) as (keyof Configuration)[];
  return keys.filter((key) => !isDeepStrictEqual(running[key], next[key]));
}

/** Without the storage of the homes, where the setting `root` says all of it. */
function furtherStorages({ storages }: Configuration): readonly unknown[] {
  return Object.entries(storages).filter(([name, { kind }]) => name !== 'default' || kind !== 'local');
}

/** Gives `next`, but with the running listeners where their addresses differ: rules must not apply to another listener than theirs. */
export function withOpenListeners(running: Configuration, next: Configuration): Configuration {
  if (listenAlike(running, next)) return next;
  const { explicit, implicit, sftp, web, listen, listeners } = running;
  return { ...next, explicit, implicit, sftp, web, listen, listeners };
}

function listenAlike(running: Configuration, next: Configuration): boolean {
  const [open, wanted] = [running, next].map((each) =>
    listenersOf(each).map(({ mode, address, port }) => ({ mode, address, port })),
  );
  return isDeepStrictEqual(open, wanted);
}
