import { isatty } from 'node:tty';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type EventSink, escapeInJson, printable, type ServerEvent } from '../../core/index.ts';
import { type Level, LOG, type LogRow } from './messages.ts';

export interface LogOptions {
  readonly form: 'pretty' | 'json';
  readonly level: Level;
  readonly output: LogOutput;
  /** The worker process that logs, where there are several. */
  readonly worker?: number;
}

export interface LogOutput {
  /** Whether a person looks at it, and colours are welcome. */
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** What a reader of the log that stands still may leave unread; what comes after is dropped, so that it stops nobody. */
const MAX_UNREAD_BYTES = 16 * 2 ** 20;

/** Characters of whole lines that are written at once where others write too: with that few bytes no pipe mixes them up. */
const SHARED_WRITE_LENGTH = 1365;

/** Standard output, written without waiting for whoever reads it, and to its end when the process exits. */
export function standardOutput(use: 'own' | 'shared' = 'own'): LogOutput {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    maxLength: MAX_UNREAD_BYTES,
    ...(use === 'shared' && { maxWrite: SHARED_WRITE_LENGTH }),
  });
  return {
    isTerminal: isatty(1) && !process.env.NO_COLOR,
    write: (text) => {
      destination.write(text);
    },
  };
}

/**
 * Logs the events of a server. `json`: one object a line, with `level`, `time` (ISO 8601, UTC), `event`, the event's own
 * fields, and as `message` the sentence that `pretty` shows. Neither holds a raw control byte, nor one in the message.
 */
export function createLog({ form, level, output, worker }: LogOptions): EventSink {
  const format = form === 'json' ? escapeInJson : prettyForm(output.isTerminal);
  const logger = pino(
    {
      level,
      base: worker === undefined ? null : { worker },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (name) => ({ level: name }) },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: (line) => output.write(format(line)) },
  );
  return (event) => {
    const { level, say } = rowOf(event);
    // The sentence takes the place of an event's own message, which it holds.
    const { message: _, ...fields } = { message: '', ...event };
    logger[level(event)](fields, printable(say(event)));
  };
}

/** The row for an event takes that very event, which the type of the table says name by name only. */
function rowOf(event: ServerEvent): LogRow<ServerEvent> {
  return LOG[event.event] as LogRow<ServerEvent>;
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
