export { MultiProcess } from './multi-process.ts';
export { workerCount } from './worker-count.ts';
