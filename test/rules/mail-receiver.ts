import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { background } from '../../src/core/index.ts';
import { testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';

const USER = { user: 'lockport', pass: 'mail-password-of-the-test' };

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly source: string;
}

/** An SMTP server on loopback with STARTTLS and a password, and the configuration that leads to it. It answers once `onMail` has. */
export async function mailServer(context: TestContext, onMail: (mail: ReceivedMail) => void | Promise<void>) {
  const directory = await temporaryDirectory(context);
  const authority = await testAuthority();
  const tls = await testCertificate(['127.0.0.1'], { ca: authority });
  const files = { authority: join(directory, 'authority.pem'), password: join(directory, 'password') };
  await writeFile(files.authority, authority.certificate);
  await writeFile(files.password, `${USER.pass}\n`);
  const server = new SMTPServer({
    cert: tls.certificate,
    key: tls.key,
    onAuth({ username, password }, _session, done) {
      const isRight = username === USER.user && password === USER.pass;
      done(isRight ? null : new Error('wrong'), isRight ? { user: username } : undefined);
    },
    onData(stream, { envelope, secure }, done) {
      const take = async () => {
        const source = await text(stream);
        await onMail({ to: envelope.rcptTo.map(({ address }) => address), isSecure: secure, source });
        done();
      };
      background(take(), () => done(new Error('The test failed')));
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  if (!listening.listening) await once(listening, 'listening');
  context.after(() => server.close());
  const { port } = listening.address() as AddressInfo;
  return {
    MAIL_HOST: '127.0.0.1',
    MAIL_PORT: String(port),
    MAIL_USER: USER.user,
    MAIL_PASSWORD_FILE: files.password,
    MAIL_AUTHORITIES: files.authority,
    MAIL_FROM: 'lockport@example.org',
  };
}
