import { z } from 'zod';
import { isAccountName } from '../../core/index.ts';

/**
 * The kinds of value that a setting may have. Each carries the phrase that completes "expected ...", so that every
 * message about a wrong value says what a right one looks like.
 */

/** A group of settings. Absent, it is what its settings' defaults make of it. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, 'a group of settings, indented below the key');
}

export function flag(summary: string) {
  return z.boolean('true or false').default(false).describe(summary);
}

export function text(summary: string, expected = 'text') {
  return z
    .string(expected)
    .regex(/^[^\p{Cc}]+$/u, `${expected}, on one line and not empty`)
    .describe(summary);
}

/** A path on this machine. One in a file is taken from the file's directory, any other from the working directory. */
export function filePath(summary: string) {
  return text(summary, 'a path').meta({ format: 'path' });
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values, summary: string) {
  return z.enum(values, `one of ${values.join(', ')}`).describe(summary);
}

export function listOf<Item extends z.ZodType>(item: Item, expected: string, summary: string) {
  return z.array(item, `a list of ${expected}`).default([]).describe(summary);
}

export function whole(lowest: number, highest: number, summary: string) {
  const expected = `a whole number from ${lowest} to ${highest}`;
  return z.int(expected).min(lowest, expected).max(highest, expected).describe(summary);
}

const DURATION = 'a time such as 90s, 30m, 12h or 90d';
const UNITS_OF_TIME: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time with its unit, as milliseconds. */
export function duration(summary: string) {
  return z
    .string(DURATION)
    .regex(/^[1-9]\d{0,5}[smhd]$/, DURATION)
    .transform((text) => Number(text.slice(0, -1)) * (UNITS_OF_TIME[text.slice(-1)] ?? 0))
    .describe(summary);
}

/** An address of the Internet protocol, or a range of them. */
export function network(summary: string) {
  const kinds = [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()];
  return z.union(kinds, 'an address or a range such as 192.0.2.0/24 or 2001:db8::/32').describe(summary);
}

export function accountName(summary: string) {
  const expected = 'the name of an account';
  return z.string(expected).refine(isAccountName, expected).describe(summary);
}

/** A whole number from 1 on, or a word that stands for one. */
export function countOrWord<const Word extends string>(highest: number, word: Word, summary: string) {
  const expected = `a whole number from 1 to ${highest}, or ${word}`;
  return z.union([z.int().min(1).max(highest), z.literal(word)], expected).describe(summary);
}

const FILE_MODE = "permission bits in octal, written as 0640 or '640', which let the owner read and write";

/** Permission bits of files, in octal, as a number. YAML reads 0640 as 640, so that its digits are what counts. */
export function fileMode(summary: string) {
  return z
    .union([z.string(), z.int()], FILE_MODE)
    .transform(String)
    .refine((digits) => /^0?[67][0-7]{2}$/.test(digits), FILE_MODE)
    .transform((digits) => Number.parseInt(digits, 8))
    .describe(summary);
}

/** The number above it means "leave it as it is" to the system. */
const HIGHEST_ID = 2 ** 32 - 2;

const NAME = /^[^\p{Cc}:-][^\p{Cc}:]*$/u;

const GROUP = 'the name or the number of a group';

/** A group of this machine, as text. */
export function groupName(summary: string) {
  return z
    .union([z.string(), z.int()], GROUP)
    .transform(String)
    .refine(
      (group) => (/^-?\d+$/.test(group) ? Number(group) >= 0 && Number(group) <= HIGHEST_ID : NAME.test(group)),
      GROUP,
    )
    .describe(summary);
}

const PORT_RANGE = 'a range of ports such as 50000-50100, between 1024 and 65535';

/** `A-B`, as an object of two numbers. */
export function portRange(summary: string) {
  return z
    .string(PORT_RANGE)
    .regex(/^\d{4,5}-\d{4,5}$/, PORT_RANGE)
    .transform((range) => {
      const [from = 0, to = 0] = range.split('-').map(Number);
      return { from, to };
    })
    .refine(({ from, to }) => from >= 1024 && from <= to && to <= 65_535, PORT_RANGE)
    .describe(summary);
}
