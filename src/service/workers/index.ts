export type { PlainOptions } from './messages.ts';
export { SeveralProcesses } from './several-processes.ts';
