import { isRefusal } from '../../core/index.ts';
import { optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { admit } from '../login.ts';

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
    session.failedLogins += 1;
    const isLast = session.failedLogins >= session.settings.limits.maxFailedLogins;
    if (!answer.close && !isLast) return reply(530, answer.message);
    session.closeReason ??= 'login refused';
    return { reply: reply(421, answer.message), deliver: (bytes) => session.channel.close(bytes) };
  },
});
