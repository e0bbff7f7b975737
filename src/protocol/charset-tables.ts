import { TextDecoder } from 'node:util';

/** The tables, in both directions, of a charset that is ASCII below 0x80 and has one or two bytes for other characters. */
export interface CharsetTables {
  /** The character of each single byte. Undefined for a byte that has no character or begins a pair. */
  readonly singles: readonly (string | undefined)[];
  /** The character of each pair of bytes, with the index (first x 256 + second). */
  readonly pairs: ReadonlyMap<number, string>;
  /** The byte or pair of each character. */
  readonly codes: ReadonlyMap<string, number>;
}

/**
 * The tables of an encoding that TextDecoder knows, by its standard name. Undefined for one that is no superset of ASCII.
 * Node encodes UTF-8 only, so the tables are made by decoding all possible bytes. That takes about ten milliseconds, once
 * for each encoding.
 */
export function charsetTables(name: string): CharsetTables | undefined {
  const known = TABLES.get(name);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(name);
  if (!ASCII.every((byte) => decodeOne(decoder, byte) === String.fromCharCode(byte))) return undefined;
  const tables = makeTables(decoder);
  TABLES.set(name, tables);
  return tables;
}

/** The tables that were made. There are at most as many as encodings, about forty. */
const TABLES = new Map<string, CharsetTables>();

/** The characters that each accepted charset has at their ASCII codes: the printable ones, and ESC, with which ISO-2022 switches. */
const ASCII = [0x1b, ...numbersFrom(0x20, 0x7e)];

/**
 * First bytes of pairs that stand for a character that another pair has too, and that Windows does not use for it: in
 * Shift_JIS NEC's selection of IBM characters, in Big5 the Hong Kong extension (the standard's encoders leave them out).
 */
const LESS_USUAL: Readonly<Record<string, readonly [number, number]>> = { shift_jis: [0xed, 0xee], big5: [0x81, 0xa0] };

/**
 * The bytes from 0x80 to 0x9F of windows-1252, which is also what `latin1` means. Some releases of Node 22 and 24 decode them as
 * control characters (nodejs/node#60888); the sample of windows-1252 in the tests tells when this may go.
 */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function makeTables(decoder: TextDecoder): CharsetTables {
  const singles: (string | undefined)[] = [];
  const pairs = new Map<number, string>();
  const codes = new Map<string, number>();
  for (const byte of numbersFrom(0, 0xff)) {
    const character = decodeSingle(decoder, byte);
    if (character === undefined || codes.has(character)) continue;
    singles[byte] = character;
    codes.set(character, byte);
  }
  for (const first of firstBytes(decoder.encoding)) {
    if (singles[first] !== undefined) continue;
    for (const second of numbersFrom(0x30, 0xff)) {
      const character = decodeOne(decoder, first, second);
      // If two pairs have one character, the second pair stays bytes: as text, it would be encoded as the first.
      if (character === undefined || codes.has(character)) continue;
      const code = first * 256 + second;
      pairs.set(code, character);
      codes.set(character, code);
    }
  }
  return { singles, pairs, codes };
}

/** All first bytes of pairs. The unusual ones come last, because a character is encoded as its first pair. */
function firstBytes(name: string): number[] {
  const [from = 0, to = -1] = LESS_USUAL[name] ?? [];
  const isUsual = (byte: number) => byte < from || byte > to;
  const all = numbersFrom(0x80, 0xff);
  return [...all.filter(isUsual), ...all.filter((byte) => !isUsual(byte))];
}

function decodeSingle(decoder: TextDecoder, byte: number): string | undefined {
  if (byte < 0x80) return String.fromCharCode(byte);
  if (byte < 0xa0 && decoder.encoding === 'windows-1252') return WINDOWS_1252[byte - 0x80];
  return decodeOne(decoder, byte);
}

/** The one character that the bytes encode. Undefined if they encode none or several. */
function decodeOne(decoder: TextDecoder, ...bytes: readonly number[]): string | undefined {
  const text = decoder.decode(Uint8Array.from(bytes));
  const [character, ...more] = text;
  return more.length > 0 || character === REPLACEMENT ? undefined : character;
}

const REPLACEMENT = '\ufffd';

function numbersFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
