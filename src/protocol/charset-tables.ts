import { TextDecoder } from 'node:util';

/** A charset that is ASCII below 0x80 and has one or two bytes for all else, as tables in both directions. */
export interface CharsetTables {
  /** The character of each single byte, undefined for what is none or begins a pair. */
  readonly singles: readonly (string | undefined)[];
  /** The character of each pair of bytes, by first x 256 + second. */
  readonly pairs: ReadonlyMap<number, string>;
  /** The byte or pair of each character. */
  readonly codes: ReadonlyMap<string, number>;
}

/**
 * The tables of an encoding that TextDecoder knows, by its standard name; undefined for one that is no superset of
 * ASCII. Node has no encoder but for UTF-8, so they are made by decoding all there is: some ten milliseconds, once for
 * each encoding.
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

/** As many as there are encodings at the most: some forty. */
const TABLES = new Map<string, CharsetTables>();

/** What any charset must have in its place: ESC, which others than ASCII use to switch, and what can be printed. */
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
      // The second of two pairs for one character stays bytes: as text it would come back as the first.
      if (character === undefined || codes.has(character)) continue;
      const code = first * 256 + second;
      pairs.set(code, character);
      codes.set(character, code);
    }
  }
  return { singles, pairs, codes };
}

/** All that can begin a pair, the less usual ones last, since the first pair for a character is the one that is used. */
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

/** The one character that these bytes stand for, undefined where they are none, or several. */
function decodeOne(decoder: TextDecoder, ...bytes: readonly number[]): string | undefined {
  const text = decoder.decode(Uint8Array.from(bytes));
  const [character, ...more] = text;
  return more.length > 0 || character === REPLACEMENT ? undefined : character;
}

const REPLACEMENT = '\ufffd';

function numbersFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
