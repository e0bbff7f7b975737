import {
  modeAndPath,
  multiline,
  newLink,
  type Reply,
  reply,
  text,
  unixTimes,
  wordAndRest,
} from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { digestOf } from '../digests.ts';
import { setFacts } from '../set-facts.ts';
import type { SessionSettings } from '../settings.ts';
import type { UserSession } from '../user-session.ts';

/** There is no SITE EXEC, and there will be none. */
export const site = forUser({
  verb: 'SITE',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'SITE HELP|CHMOD|UTIME|PSWD ..., and SITE SYMLINK or SITE RECEIPT if turned on',
  summary: 'Run a command specific to this server',
  // A slip in PSWD carries passwords all the same.
  secret: (argument) => !/^(?:HELP|CHMOD|UTIME|SYMLINK|RECEIPT)(?: |$)/i.test(argument),
  syntax: wordAndRest,
  optionFor: (argument) => SERVICES.find(({ word }) => word === wordAndRest.parse(argument).word)?.option,
  run(user, { word, rest }) {
    if (word === 'HELP')
      return multiline(
        214,
        'SITE commands:',
        ['HELP', ...turnedOn(user).map(({ usage }) => usage), ...passwordUsage(user)],
        'End',
      );
    const service = SERVICES.find((row) => row.word === word);
    if (!service) return reply(500, 'No such SITE command: see SITE HELP');
    if (!turnedOn(user).includes(service)) return reply(502, `SITE ${word} is turned off here`);
    return service.run(user, rest);
  },
});

interface Service {
  readonly word: string;
  /** The option that turns it on. */
  readonly option?: string;
  /** Whether it is turned on; absent: the rights decide. */
  readonly isOn?: (settings: SessionSettings) => boolean;
  readonly usage: string;
  run(user: UserSession, rest: string): Promise<Reply>;
}

const SERVICES: readonly Service[] = [
  { word: 'CHMOD', usage: 'CHMOD <octal mode> <path>', run: changeMode },
  { word: 'UTIME', usage: 'UTIME <YYYYMMDDhhmm[ss]> <path>', run: setTime },
  {
    word: 'SYMLINK',
    option: 'site.symlink',
    isOn: ({ site }) => site.symlink,
    usage: 'SYMLINK <target> <link>',
    run: makeLink,
  },
  {
    word: 'RECEIPT',
    option: 'receipts',
    isOn: ({ receipts }) => receipts !== undefined,
    usage: 'RECEIPT <path>',
    run: giveReceipt,
  },
];

/** It has a row of its own in the table of commands. */
function passwordUsage({ session, workspace }: UserSession): readonly string[] {
  const isOn = session.settings.gatekeeper.changePassword && workspace.account.passwordChange === 'allowed';
  return isOn ? ['PSWD <old> <new>'] : [];
}

function turnedOn({ session }: UserSession): readonly Service[] {
  return SERVICES.filter(({ isOn }) => isOn?.(session.settings) ?? true);
}

async function changeMode(user: UserSession, rest: string): Promise<Reply> {
  const { mode, path } = modeAndPath.parse(rest);
  await setFacts(user, { path, mode });
  return reply(200, 'Mode set');
}

async function setTime(user: UserSession, rest: string): Promise<Reply> {
  const { time, path } = unixTimes.parse(rest);
  await setFacts(user, { path, modify: time });
  return reply(200, 'Time set');
}

async function makeLink(user: UserSession, rest: string): Promise<Reply> {
  const { target, path } = newLink.parse(rest);
  const link = user.resolveFile(path);
  await user.files.makeLink(link, target);
  return reply(200, 'Link made');
}

/** A signed statement of what stands at a path, for whoever has to prove it to somebody else. */
async function giveReceipt(user: UserSession, rest: string): Promise<Reply> {
  const path = user.resolveFile(text.parse(rest));
  const { session, workspace } = user;
  const { end: bytes, hex: sha256 } = await digestOf(user, path, 'SHA-256', {});
  const { address } = session.peer;
  const request = { session: session.id, address, account: workspace.account.name, path, bytes, sha256 };
  const receipt = await session.settings.receipts?.issue(request);
  if (receipt === undefined) return reply(450, 'No receipt can be recorded now: try again');
  return multiline(213, 'Receipt:', [receipt], 'End');
}
