export { Watch } from './watch.ts';
