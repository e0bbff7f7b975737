import { isRefusal } from '../../core/index.ts';
import { reply, text } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { admit, replyToLogin } from '../login.ts';

/** Always 331 where a password is needed, whether the account exists or not (RFC 2577 section 7). */
export const user = anyone({
  verb: 'USER',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'USER <name>',
  summary: 'Name the user who signs in',
  carriesLogin: true,
  syntax: text,
  async run(session, name) {
    await session.signOut();
    if (session.channel.tls?.clientCertificate) {
      const answer = await admit(session, name, { kind: 'certificate' });
      // RFC 2228: the security data exchange was enough, no password is needed
      if (!isRefusal(answer)) return reply(232, 'Signed in by certificate');
      if (answer.refused === 'code-missing') return replyToLogin(session, name, answer);
    }
    session.login = { kind: 'named', user: name };
    return reply(331, 'Password, please');
  },
});
