export { createLog, type LogOptions } from './log.ts';
export type { QueueState } from './log-queue.ts';
export { eventsLoggedAt, LISTENER_NAMES } from './messages.ts';
export { standardOutput } from './standard-output.ts';
export { openSyslog } from './syslog/syslog.ts';
export { UnauthenticatedLogLimiter } from './unauthenticated-log-limiter.ts';
