import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type EventSink, escapeInJson, printable, publisher, type ServerEvent } from '../../core/index.ts';
import type { LostLines } from './log-queue.ts';
import { loggedEvents, rowOf } from './logged-events.ts';
import type { Level } from './messages.ts';

export interface LogOptions {
  readonly form: 'pretty' | 'json';
  readonly level: Level;
  readonly output: LogOutput;
  /** Lines a minute about whoever comes from one address and has not signed in. Default: as many as there are. */
  readonly maxStrangerLines?: number;
}

export interface LogOutput {
  /** Whether a person looks at it, and colours are welcome. */
  readonly isTerminal: boolean;
  /** Takes whole lines. It never waits for its destination, and never fails: what that does not take is lost. */
  write(lines: string): void;
  /** Calls when lines were lost and others are taken again. */
  onRecovery?(tell: (lost: LostLines) => void): void;
}

/**
 * Logs the events of a server. `json`: one object a line, with `level`, `time` (ISO 8601, UTC), `event`, the event's own
 * fields, and as `message` the sentence that `pretty` shows. Neither holds a raw control byte, nor one in the message.
 */
export function createLog({ form, level, output, maxStrangerLines = Infinity }: LogOptions): EventSink {
  const format = form === 'json' ? escapeInJson : prettyForm(output.isTerminal);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: false,
      formatters: { level: (name) => ({ level: name }) },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: (line) => output.write(format(line)) },
  );
  const write = (event: ServerEvent): void => {
    const { level, say } = rowOf(event);
    // The sentence takes the place of an event's own message, which it holds.
    const { message: _, at, seq: __, ...fields } = { message: '', ...event };
    logger[level(event)]({ time: new Date(at).toISOString(), ...fields }, printable(say(event)));
  };
  const warn = publisher(write);
  const tell = (message: string) => warn({ event: 'warning', message });
  output.onRecovery?.(({ lines, code }) => tell(lostText(lines, code)));
  return loggedEvents({ level, maxStrangerLines, write, tell });
}

function lostText(lines: number, code: string | undefined): string {
  const why = code === undefined || code === 'EAGAIN' ? 'nobody read it in time' : `it could not be written, ${code}`;
  return `${lines} lines of the log are missing here: ${why}`;
}

function prettyForm(colorize: boolean): (line: string) => string {
  return prettyFactory({
    colorize,
    messageKey: 'message',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    hideObject: true,
    messageFormat: ({ worker, session, account, message }) => {
      const where = typeof worker === 'number' ? `worker ${worker}` : undefined;
      const who = [where, session, account].filter((part) => typeof part === 'string').join(' ');
      return `${who === '' ? '' : `[${printable(who)}] `}${String(message)}`;
    },
  });
}
