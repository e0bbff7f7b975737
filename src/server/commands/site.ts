import { modeAndPath, multiline, newLink, type Reply, reply, unixTimes, wordAndRest } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import type { Member } from '../member.ts';
import { setFacts } from '../set-facts.ts';

/** There is no SITE EXEC, and there will be none. */
export const site = forMember({
  verb: 'SITE',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'SITE HELP|CHMOD|UTIME ..., and SITE SYMLINK if turned on',
  summary: 'Run a command specific to this server',
  syntax: wordAndRest,
  run(member, { word, rest }) {
    if (word === 'HELP')
      return multiline(214, 'SITE commands:', ['HELP', ...turnedOn(member).map(({ usage }) => usage)], 'End');
    const service = SERVICES.find((row) => row.word === word);
    if (!service) return reply(500, 'No such SITE command: see SITE HELP');
    if (!turnedOn(member).includes(service)) return reply(502, `SITE ${word} is turned off here`);
    return service.run(member, rest);
  },
});

interface Service {
  readonly word: string;
  /** What turns it on; absent: the rights decide. */
  readonly setting?: 'symlink';
  readonly usage: string;
  run(member: Member, rest: string): Promise<Reply>;
}

const SERVICES: readonly Service[] = [
  { word: 'CHMOD', usage: 'CHMOD <octal mode> <path>', run: changeMode },
  { word: 'UTIME', usage: 'UTIME <YYYYMMDDhhmm[ss]> <path>', run: setTime },
  { word: 'SYMLINK', setting: 'symlink', usage: 'SYMLINK <target> <link>', run: makeLink },
];

function turnedOn({ session }: Member): readonly Service[] {
  return SERVICES.filter(({ setting }) => setting === undefined || session.settings.site[setting]);
}

async function changeMode(member: Member, rest: string): Promise<Reply> {
  const { mode, path } = modeAndPath.parse(rest);
  await setFacts(member, { path, mode });
  return reply(200, 'Mode set');
}

async function setTime(member: Member, rest: string): Promise<Reply> {
  const { time, path } = unixTimes.parse(rest);
  await setFacts(member, { path, modify: time });
  return reply(200, 'Time set');
}

async function makeLink(member: Member, rest: string): Promise<Reply> {
  const { target, path } = newLink.parse(rest);
  const link = member.resolveFile(path);
  await member.files.makeLink(link, target);
  return reply(200, 'Link made');
}
