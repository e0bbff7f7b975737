export { MultiProcess } from './multi-process.ts';
