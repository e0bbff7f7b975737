import { isRefusal } from '../../core/index.ts';
import { multiline, optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { admit } from '../login.ts';
import { PASSWORD_DUE } from '../password-due.ts';

export const pass = anyone({
  verb: 'PASS',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'PASS <password>',
  summary: 'Sign in with a password',
  carriesLogin: true,
  secret: true,
  syntax: optionalText,
  async run(session, password) {
    if (session.login.kind !== 'named') return reply(503, 'Send USER first');
    const { user } = session.login;
    session.login = { kind: 'greeted' };
    const answer = await admit(session, user, { kind: 'password', password });
    if (!isRefusal(answer)) return reply(230, 'Signed in');
    if (answer.refused === 'password-due' && session.isSecure) {
      session.demandPasswordChange(user);
      // 230, for a client that is told 530 goes away; all that it tries next is refused with the same advice.
      return multiline(230, answer.message, [], PASSWORD_DUE);
    }
    session.failedLogins += 1;
    const isLast = session.failedLogins >= session.settings.limits.maxFailedLogins;
    if (!answer.close && !isLast) return reply(530, answer.message);
    session.closeReason ??= 'login refused';
    return { reply: reply(421, answer.message), deliver: (bytes) => session.channel.close(bytes) };
  },
});
