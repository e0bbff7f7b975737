import { posix } from 'node:path';
import type { HostileSession, Step } from './hostile-session.ts';

/** Every file is of this time. */
const modified = '20240229120000';
const features = [
  'AUTH TLS',
  'PBSZ',
  'PROT',
  'EPSV',
  'SIZE',
  'MDTM',
  'REST STREAM',
  'MLST type*;size*;modify*;',
  'UTF8',
];

/** What a decent server does, by verb. */
export const DEFAULT_STEPS: { readonly [verb: string]: Step } = {
  GREETING: (session) => session.reply('220 Ready'),
  AUTH: async (session) => {
    session.reply('234 Begin');
    await session.startTls();
  },
  PBSZ: (session) => session.reply('200 PBSZ=0'),
  PROT: (session, level) => {
    session.protection = level === 'P' ? 'P' : 'C';
    session.reply('200 Set');
  },
  USER: (session) => session.reply('331 Password'),
  PASS: (session) => session.reply('230 Signed in'),
  SYST: (session) => session.reply('215 UNIX Type: L8'),
  FEAT: (session) => session.reply(['211-Features:', ...features.map((line) => ` ${line}`), '211 End'].join('\r\n')),
  OPTS: (session) => session.reply('200 Set'),
  TYPE: (session) => session.reply('200 Set'),
  NOOP: (session) => session.reply('200 Here'),
  PWD: (session) => session.reply(`257 "${session.directory.replaceAll('"', '""')}"`),
  CWD: (session, path) => {
    session.directory = absolute(session, path);
    session.reply('250 Moved');
  },
  CDUP: (session) => {
    session.directory = posix.dirname(session.directory);
    session.reply('250 Moved');
  },
  EPSV: async (session) => session.reply(`229 Port (|||${await session.listen()}|)`),
  PASV: async (session) => session.reply(passiveReply('127.0.0.1', await session.listen())),
  REST: (session, offset) => {
    session.restart = Number(offset);
    session.reply('350 Go on');
  },
  SIZE: onFile((session, file) => session.reply(`213 ${file.length}`)),
  MDTM: onFile((session) => session.reply(`213 ${modified}`)),
  MLST: (session, argument) => {
    const path = absolute(session, argument);
    const file = session.state.files.get(path);
    const isDirectory = path === '/' || entriesOf(session, path).size > 0;
    if (!file && !isDirectory) return session.reply('550 No such entry');
    session.reply(`250-Facts\r\n ${facts(file)} ${path}\r\n250 End`);
  },
  MLSD: list((name, file) => `${facts(file)} ${name}`),
  LIST: list((name, file) => {
    const [type, size] = file ? ['-', file.length] : ['d', 4096];
    return `${type}rw-r--r-- 1 ftp ftp ${size} Feb 29 2024 ${name}`;
  }),
  NLST: list((name) => name),
  RETR: onFile(async (session, file) => {
    const start = takeRestart(session);
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish(file.subarray(start));
    session.reply('226 Sent');
  }),
  STOR: (session, path) => store(session, path, takeRestart(session)),
  APPE: (session, path) => store(session, path, session.state.files.get(absolute(session, path))?.length ?? 0),
  ABOR: async (session) => {
    await session.abortData();
    session.reply('226 Aborted');
  },
  DELE: onFile((session, _file, path) => {
    session.state.files.delete(path);
    session.reply('250 Removed');
  }),
  RNFR: onFile((session, _file, path) => {
    session.renameFrom = path;
    session.reply('350 To what');
  }),
  RNTO: (session, path) => {
    const { files } = session.state;
    files.set(absolute(session, path), files.get(session.renameFrom) ?? Buffer.alloc(0));
    files.delete(session.renameFrom);
    session.reply('250 Renamed');
  },
  MKD: (session, path) => session.reply(`257 "${absolute(session, path)}"`),
  RMD: (session) => session.reply('250 Removed'),
  QUIT: async (session) => {
    session.reply('221 Bye');
    await session.end();
  },
};

/** A reply to PASV with this address and port. */
export function passiveReply(address: string, port: number): string {
  return `227 Port (${address.replaceAll('.', ',')},${port >> 8},${port & 255})`;
}

function absolute(session: HostileSession, path: string): string {
  return posix.resolve(session.directory, path);
}

function onFile(act: (session: HostileSession, file: Buffer, path: string) => Promise<void> | void): Step {
  return async (session, argument) => {
    const path = absolute(session, argument);
    const file = session.state.files.get(path);
    if (!file) return session.reply('550 No such file');
    await act(session, file, path);
  };
}

function list(line: (name: string, file: Buffer | undefined) => string): Step {
  return async (session, argument) => {
    const path = argument.startsWith('-') ? '' : argument;
    const lines = [...entriesOf(session, absolute(session, path))].map(([name, file]) => `${line(name, file)}\r\n`);
    session.reply('150 Listing');
    const data = await session.openData();
    await data.finish(session.state.data.listing ?? lines.join(''));
    session.reply('226 Listed');
  };
}

/** The files in a directory, and its directories, as `undefined`. */
function entriesOf(session: HostileSession, directory: string): Map<string, Buffer | undefined> {
  const entries = new Map<string, Buffer | undefined>();
  const prefix = directory === '/' ? '/' : `${directory}/`;
  for (const [path, file] of session.state.files) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    entries.set(name, below.length > 0 ? undefined : file);
  }
  return entries;
}

function facts(file: Buffer | undefined): string {
  return file ? `type=file;size=${file.length};modify=${modified};` : `type=dir;modify=${modified};`;
}

function takeRestart(session: HostileSession): number {
  const { restart } = session;
  session.restart = 0;
  return restart;
}

async function store(session: HostileSession, path: string, start: number): Promise<void> {
  const { files } = session.state;
  const place = absolute(session, path);
  session.reply('150 Go on');
  const data = await session.openData();
  const received = await data.receive();
  await data.finish('', 'clean');
  const kept = files.get(place) ?? Buffer.alloc(0);
  files.set(place, Buffer.concat([kept.subarray(0, start), received, kept.subarray(start + received.length)]));
  session.reply('226 Stored');
}
