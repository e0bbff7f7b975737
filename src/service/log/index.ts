export { createLog, type LogOptions, standardOutput } from './log.ts';
export { hostPort } from './messages.ts';
