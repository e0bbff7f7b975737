export { createLog, type LogOptions, type LogOutput, standardOutput } from './log.ts';
export { hostPort } from './messages.ts';
