import { type PasswordPair, type Refusal } from '../../core/index.ts';
import { passwordChange, type Reply, reply } from '../../protocol/index.ts';
import { anyone, type CommandResult } from '../command.ts';
import { admit } from '../login.ts';
import type { Session } from '../session.ts';

/**
 * A command of its own in the table, though its verb is SITE: it carries passwords, and is the one thing that is possible
 * while a password has to be changed.
 */
export const sitePswd = anyone({
  verb: 'SITE PSWD',
  rfc: 'Serv-U',
  usage: 'SITE PSWD <old> <new>',
  summary: 'Set another password for the own account, over TLS alone',
  carriesLogin: true,
  secret: true,
  syntax: passwordChange,
  async run(session, passwords) {
    const { login, settings, peer, signal } = session;
    const user =
      login.kind === 'signed-in' ? login.workspace.account.name : login.kind === 'due' ? login.user : undefined;
    if (user === undefined) return reply(530, 'Please log in with USER and PASS');
    // RFC 2228: the server refuses by its policy. A login in clear may be allowed; this is not.
    if (!session.isSecure) return reply(534, 'Passwords are changed over TLS alone');
    if (!settings.gatekeeper.changePassword) return reply(502, 'SITE PSWD is turned off here');
    const refusal = await settings.gatekeeper.changePassword(user, passwords, peer, signal);
    // It is counted, and told, in one process, as logins are.
    settings.records?.expect(session.id);
    if (refusal) return refused(session, refusal);
    return login.kind === 'due' ? signIn(session, user, passwords) : reply(200, 'The password is changed');
  },
});

/** A wrong old password ends a session as wrong passwords of logins do. */
function refused(session: Session, { refused, message, close = false }: Refusal): CommandResult {
  session.isRefusalTold = true;
  if (refused === 'credentials') session.failedLogins += 1;
  const isLast = session.failedLogins >= session.settings.limits.maxFailedLogins;
  if (!close && !isLast) return reply(refused === 'credentials' ? 530 : 550, refusedText(refused, message));
  session.closeReason ??= 'password change refused';
  return { reply: reply(421, message), deliver: (bytes) => session.channel.close(bytes) };
}

function refusedText(refused: Refusal['refused'], message: string): string {
  return refused === 'credentials' ? 'The old password is wrong' : message;
}

async function signIn(session: Session, user: string, { to }: PasswordPair): Promise<Reply> {
  const answer = await admit(session, user, { kind: 'password', password: to });
  if (!('refused' in answer)) return reply(200, 'The password is changed, and you are signed in');
  session.login = { kind: 'greeted' };
  return reply(200, `The password is changed; sign in with it (${answer.message})`);
}
