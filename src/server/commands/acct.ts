import { optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { admit, replyToLogin } from '../login.ts';

export const acct = anyone({
  verb: 'ACCT',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'ACCT <code>',
  summary: 'Sign in with the code of an authenticator, where PASS or USER was answered by 332',
  carriesLogin: true,
  secret: true,
  syntax: optionalText,
  async run(session, code) {
    const { login } = session;
    if (login.kind !== 'half') return reply(202, 'No account is needed');
    session.login = { kind: 'greeted' };
    return replyToLogin(session, login.user, await admit(session, login.user, { ...login.credentials, code }));
  },
});
