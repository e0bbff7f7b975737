import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { escapeInJson } from '../../core/index.ts';

/** What the first record of a journal is chained to. */
export const BEGINNING = '0'.repeat(64);

/** `,"chain":"`, 64 digits, `"}`: how each line ends. */
const CHAIN_KEY = ',"chain":"';
const END_LENGTH = CHAIN_KEY.length + BEGINNING.length + 2;
const NOT_PLAIN = /[^\x20-\x7e]/;

/** The fields that every record begins with, in this order, so that a reader finds them without parsing the line. */
export interface RecordStart {
  /** Grows by one with each record, over all segments. */
  readonly n: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  readonly event: string;
}

export interface SealedLine {
  /** With its line feed. */
  readonly line: string;
  readonly chain: string;
}

/** The line of a record: its JSON, with the chain value as last field. */
export function sealed(previous: string, record: RecordStart & Readonly<Record<string, unknown>>): SealedLine {
  const json = JSON.stringify(record);
  const printed = NOT_PLAIN.test(json) ? escapeInJson(`${json}\n`).slice(0, -1) : json;
  const body = printed.slice(0, -1);
  const chain = hash('sha256', previous + body);
  return { line: `${body}${CHAIN_KEY}${chain}"}\n`, chain };
}

/** A line of a journal as it was found. */
export interface FoundLine extends RecordStart {
  readonly chain: string;
  /** The bytes that are chained. */
  readonly body: Buffer;
}

const START = /^\{"n":(\d{1,15}),"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","event":"([a-z.-]{1,64})"/;
const START_LENGTH = 140;
const END = /^,"chain":"([0-9a-f]{64})"\}$/;

/** Reads a line without its line feed; undefined where it is no record. */
export function foundLine(line: Buffer): FoundLine | undefined {
  const end = END.exec(line.toString('latin1', line.length - END_LENGTH));
  const start = START.exec(line.toString('latin1', 0, START_LENGTH));
  if (!start || !end) return undefined;
  const [, n = '', at = '', event = ''] = start;
  return { n: Number(n), at, event, chain: end[1] ?? '', body: line.subarray(0, line.length - END_LENGTH) };
}

/** The chain value that a record with these bytes has behind a record with that value. */
export function chainAfter(previous: string, body: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(previous, 'latin1'), body]));
}

/** The fields of a record, without its chain value. @throws SyntaxError */
export function fieldsOf({ body }: FoundLine): Readonly<Record<string, unknown>> {
  return JSON.parse(`${body.toString()}}`) as Readonly<Record<string, unknown>>;
}
