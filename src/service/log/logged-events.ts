import type { EventSink, ServerEvent } from '../../core/index.ts';
import { isLoggedAt, type Level, LOG, type LogRow } from './messages.ts';
import { UnauthenticatedLogLimiter } from './unauthenticated-log-limiter.ts';

interface LoggedEventsParts {
  readonly level: Level;
  /** Lines a minute about whoever comes from one address and has not signed in. */
  readonly maxStrangerLines: number;
  readonly write: (event: ServerEvent) => void;
  /** Receives a sentence on the lines that were left out. */
  readonly tell: (message: string) => void;
}

/** Takes all events, and hands on those that a log of this level shows. */
export function loggedEvents({ level, maxStrangerLines, write, tell }: LoggedEventsParts): EventSink {
  const strangers = new UnauthenticatedLogLimiter(maxStrangerLines, tell);
  return (event) => {
    const isLogged = isLoggedAt(level, rowOf(event).level(event));
    for (const each of strangers.admit(event, isLogged)) write(each);
  };
}

/** The row for an event takes that very event, which the type of the table says name by name only. */
export function rowOf(event: ServerEvent): LogRow<ServerEvent> {
  return LOG[event.event] as LogRow<ServerEvent>;
}
