import { setTimeout as pause } from 'node:timers/promises';
import type { HostileServerOptions, Step } from '../hostile/hostile-server.ts';
import type { HostileSession } from '../hostile/hostile-session.ts';

/** Numbers from 0 up to 1 that a seed decides. */
export type Chance = () => number;

/** Mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(chance: Chance, items: readonly T[]): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error('Nothing to pick from');
  return item;
}

/** How a server behaves now: how probable it is that it does something else than it should. */
export interface Mood {
  mischief: number;
}

/** Steps that go wrong at random, for all commands of a client. */
export function chaoticSteps(chance: Chance, mood: Mood): NonNullable<HostileServerOptions['on']> {
  const steps = VERBS.map((verb) => {
    // A 200 to PROT that is not meant would spoil the connection for good, and rightly so.
    const kinds = verb === 'PROT' ? [refusing] : [...ANYWHERE, ...(AT[verb] ?? [])];
    const step: Step = async (session, argument) => {
      const decent = (): Promise<void> => session.byDefault(verb, argument);
      if (chance() >= mood.mischief) return decent();
      await pick(chance, kinds)({ session, verb, argument, chance, decent });
    };
    return [verb, step] as const;
  });
  return Object.fromEntries(steps);
}

interface Scene {
  readonly session: HostileSession;
  readonly verb: string;
  readonly argument: string;
  readonly chance: Chance;
  readonly decent: () => Promise<void>;
}

type Mischief = (scene: Scene) => Promise<void> | void;

const VERBS =
  'GREETING AUTH PBSZ PROT USER PASS FEAT OPTS TYPE NOOP PWD CWD EPSV PASV REST SIZE MDTM MLST MLSD LIST RETR STOR APPE DELE RNFR RNTO MKD RMD QUIT'.split(
    ' ',
  );

/** Codes that say something, and some that say nothing. */
const CODES = [110, 120, 125, 150, 200, 202, 213, 220, 221, 226, 227, 229, 230, 234, 250, 257, 331, 332, 350, 421, 425];
const REFUSALS = [426, 430, 450, 451, 452, 500, 501, 502, 503, 504, 522, 530, 534, 550, 551, 552, 553, 600, 999];

const ANYWHERE: readonly Mischief[] = [
  ({ session, chance }) => session.reply(`${pick(chance, [...CODES, ...REFUSALS])} So it is`),
  refusing,
  async ({ chance, decent }) => {
    await pause(chance() * 60);
    await decent();
  },
  () => undefined,
  ({ session }) => session.end(),
  ({ session }) => session.cut(),
  ({ session }) => session.reset(),
  async ({ session, decent }) => {
    session.reply('421 Going down');
    await pause(1);
    session.cut();
    await decent();
  },
  ({ session }) => session.reply('421 Not yet gone'),
  async ({ session, chance, decent }) => {
    session.reply(`${pick(chance, CODES)} Before`);
    await decent();
  },
  async ({ session, chance, decent }) => {
    await decent();
    session.reply(`${pick(chance, [...CODES, ...REFUSALS])} Behind`);
  },
  async ({ session, chance, decent }) => {
    await decent();
    await pause(chance() * 20);
    session.reply(`${pick(chance, [...CODES, ...REFUSALS])} Later`);
  },
  ({ session, chance }) => session.send(pick(chance, ['2', '226', '226-', '226 Half a line', '226-a\r\n226'])),
  async ({ session }) => {
    session.send('250-Half');
    session.cut();
  },
  ({ session }) => session.reply('250-One\r\n 250 Two\r\n550 Three\r\n250-Four\r\n250 Five'),
  ({ session }) => session.reply(`211-${'\r\n x'.repeat(500)}`),
  ({ session, chance }) => session.send(Buffer.from(Array.from({ length: 200 }, () => chance() * 256))),
  ({ session }) => session.send('\r\n\r\n\n\r226\r'),
  ({ session }) => session.send(`${'9'.repeat(40_000)}\r\n`),
  async ({ decent }) => {
    await decent();
    await decent();
  },
];

const PORTS: readonly Mischief[] = [
  ({ session }) => session.reply('229 Port (|||1|)'),
  ({ session }) => session.reply('229 Port (|||0|)'),
  ({ session }) => session.reply('229 Port (|||99999|)'),
  ({ session }) => session.reply('229 Port (|2|::1|21|)'),
  ({ session }) => session.reply('227 Port (127,0,0,1,0,1)'),
  ({ session }) => session.reply('227 Port (10,0,0,1,300,1)'),
  // A port of which nobody takes the connection.
  async ({ session, verb }) => {
    const port = await session.listen();
    await session.listen();
    session.reply(verb === 'EPSV' ? `229 Port (|||${port}|)` : `227 Port (127,0,0,1,${port >> 8},${port & 255})`);
  },
];

const SENDING: readonly Mischief[] = [
  sending(['150 Sending', 'cut', '226 Sent']),
  sending(['150 Sending', 'reset', '226 Sent']),
  sending(['150 Sending', 'cut-in-record', '226 Sent']),
  sending(['150 Sending', 'cut', '']),
  sending(['150 Sending', 'reset', '426 Broken']),
  sending(['150 Sending\r\n150 Sending', 'cut', '']),
  sending(['226 Sent already', 'cut', '']),
  // Says that all went well, and sends nothing.
  async ({ session }) => {
    session.reply('150 Sending');
    await session.openData();
    session.reply('226 Sent');
  },
  ({ session }) => session.reply('226 Sent'),
  ({ session }) => session.reply('150 Sending\r\n226 Sent'),
  async ({ session, decent }) => {
    session.reply('226 Sent before it began');
    await decent();
  },
];

const TAKING: readonly Mischief[] = [
  async ({ session }) => {
    session.reply('150 Go on');
    const data = await session.openData();
    data.pause();
  },
  async ({ session, chance }) => {
    session.reply('150 Go on');
    const data = await session.openData();
    await pause(chance() * 10);
    await data.finish('', pick(chance, ['clean', 'cut', 'reset']));
    session.reply(pick(chance, ['426 Broken', '451 Broken', '552 Full']));
  },
  ({ session }) => session.reply('226 Stored'),
  ({ session }) => session.reply('150 Go on\r\n552 Full'),
  ({ session }) => session.reply('150 Go on\r\n150 Go on'),
];

const AT: { readonly [verb: string]: readonly Mischief[] } = {
  EPSV: PORTS,
  PASV: PORTS,
  RETR: SENDING,
  MLSD: SENDING,
  LIST: SENDING,
  STOR: TAKING,
  SIZE: ['213 -1', '213 1e300', '213 9223372036854775808', '213 7', '213', '213 4 4'].map(saying),
  MDTM: ['213 99999999999999', '213 00000000000000', '213 -1', '213 20240230120000'].map(saying),
  MLST: ['250-\r\n type=dir; /\r\n250 End', '250 type=file; /x', '250-\r\n size=1e300;type=file; /x\r\n250 End'].map(
    saying,
  ),
  PWD: ['257 "', '257 "/a\0b"', '257 "/../.."', '257 "C:\\"'].map(saying),
  FEAT: ['211-\r\n211 End', '211 No features', '211-F\r\n HASH SHA-256*\r\n XCRC\r\n MLST\r\n211 End'].map(saying),
};

function refusing({ session, chance }: Scene): void {
  session.reply(`${pick(chance, REFUSALS)} No`);
}

function saying(text: string): Mischief {
  return ({ session }) => session.reply(text);
}

/** What a transfer begins with, how its data end that are not all, and what is said then. */
function sending([opening, ending, final]: readonly [string, 'cut' | 'reset' | 'cut-in-record', string]): Mischief {
  return async ({ session, argument, chance }) => {
    const file = session.state.files.get(argument) ?? Buffer.from('type=file;size=1; half\r\ntype=fi');
    session.reply(opening);
    const data = await session.openData();
    await data.finish(file.subarray(session.restart, Math.floor(file.length * chance())), ending);
    if (final !== '') session.reply(final);
  };
}
