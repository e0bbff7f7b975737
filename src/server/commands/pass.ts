import { optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { admit, replyToLogin } from '../login.ts';

export const pass = anyone({
  verb: 'PASS',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'PASS <password>',
  summary: 'Sign in with a password',
  carriesLogin: true,
  secret: true,
  syntax: optionalText,
  async run(session, password) {
    const { login } = session;
    if (login.kind !== 'named' && login.kind !== 'half') return reply(503, 'Send USER first');
    await session.signOut();
    return replyToLogin(session, login.user, await admit(session, login.user, { kind: 'password', password }));
  },
});
