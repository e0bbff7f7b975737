import { printable, type ServerEvent } from '../../../core/index.ts';
import { rowOf } from '../logged-events.ts';
import type { Level } from '../messages.ts';

/** The numbers of RFC 5424 section 6.2.1. */
const FACILITIES = {
  user: 1,
  daemon: 3,
  auth: 4,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;
type Facility = keyof typeof FACILITIES;

const SEVERITIES: { readonly [level in Level]: number } = { debug: 7, info: 6, warn: 4, error: 3 };

/** The number that RFC 5612 has for examples: Lockport has none of its own. */
const STRUCTURED_DATA = 'lockport@32473';
/** Every receiver takes that many (RFC 5425 section 4.3.1). */
const MAX_MESSAGE_BYTES = 8_192;
const MAX_VALUE_LENGTH = 1_024;
const MAX_VALUES = 40;
const MAX_DEPTH = 3;

export interface Sender {
  readonly facility: Facility;
  readonly hostname: string;
  readonly processId: number;
}

/**
 * An event as a message of RFC 5424. Its fields are structured data, in which no value can end itself, or the message. The
 * text is the sentence of the log.
 */
export function syslogMessage(event: ServerEvent, { facility, hostname, processId }: Sender): Buffer {
  const { level, say } = rowOf(event);
  const priority = FACILITIES[facility] * 8 + SEVERITIES[level(event)];
  const header = `<${priority}>1 ${new Date(event.at).toISOString()} ${word(hostname, 255)} lockport ${processId} ${word(event.event, 32)}`;
  const text = printable(say(event)).slice(0, MAX_VALUE_LENGTH * 2);
  return whole(`${header} [${STRUCTURED_DATA}${fieldsOf(event, text.length)}] ${text}`);
}

function fieldsOf(event: ServerEvent, reserved: number): string {
  // The header and the text tell these.
  const { event: _, at: __, message: ___, ...fields } = { message: '', ...event };
  let room = MAX_MESSAGE_BYTES - 512 - reserved * 3;
  return valuesOf('', fields, MAX_DEPTH)
    .slice(0, MAX_VALUES)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .filter((field) => {
      room -= Buffer.byteLength(field);
      return room >= 0;
    })
    .join('');
}

function valuesOf(name: string, value: unknown, depth: number): (readonly [name: string, value: string])[] {
  if (value === undefined || value === null || depth < 0) return [];
  if (value instanceof Error) return [[name, value.message]];
  if (value instanceof Date) return [[name, value.toISOString()]];
  if (Array.isArray(value)) return [[name, value.map(String).join(', ')]];
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object') return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    valuesOf(name === '' ? key : `${name}.${key}`, inner, depth - 1),
  );
}

/** RFC 5424 section 6.3.3. */
function escaped(value: string): string {
  return printable(value.slice(0, MAX_VALUE_LENGTH)).replaceAll(/["\\\]]/g, '\\$&');
}

/** A word of the header: printable ASCII without a blank. */
function word(text: string, maxLength: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, maxLength) || '-';
}

/** Cut where it is too long, between characters. */
function whole(message: string): Buffer {
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes;
  let end = MAX_MESSAGE_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
