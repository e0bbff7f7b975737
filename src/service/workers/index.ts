export { SeveralProcesses } from './several-processes.ts';
