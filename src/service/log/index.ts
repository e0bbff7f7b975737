export { createLog, type LogOptions } from './log.ts';
export { hostPort } from './messages.ts';
export { type OwnedLogOutput, outputBySending, standardOutput } from './standard-output.ts';
