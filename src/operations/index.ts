/** What happens in a service, and who hears of it. */
export { EventQueue } from './event-queue.ts';
export { type EventName, EventStream } from './event-stream.ts';
