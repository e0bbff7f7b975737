import { printable } from '../../core/index.ts';
import { readAuthority } from '../certificate/index.ts';
import type { MailServerSettings } from '../configuration/index.ts';
import { readNamedFile } from '../named-file.ts';
import { StartError } from '../start-error.ts';

const CONNECT_MS = 15_000;
/** Without progress for so long, an attempt has failed. */
const SILENCE_MS = 30_000;
const PORTS = { tls: 465, starttls: 587, 'in-clear': 25 };

/** An e-mail that a program sends. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Its Message-ID is made of it, so that what is sent again can be told. Letters, digits, `-`, `_` and `.`. */
  readonly id: string;
}

/** Sends e-mails to the server of the configuration. */
export interface Mailer {
  /** Says what the server has answered. @throws MailError */
  send(mail: Mail): Promise<string>;
}

/** An e-mail was not taken. The message may be shown. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code = 'mail';
  /** The server refuses this e-mail; another one it may take. */
  readonly isOfThisMail: boolean;

  constructor(cause: unknown) {
    super(printable(cause instanceof Error ? cause.message : String(cause)), { cause });
    this.isOfThisMail = cause instanceof Error && 'responseCode' in cause;
  }
}

/** @throws StartError where there is no nodemailer or a file can't be read; CertificateError */
export async function createMailer(server: MailServerSettings): Promise<Mailer> {
  const { createTransport } = await loadMailer();
  const { host, protocol, port = PORTS[protocol], user, passwordFile } = server;
  const pass = passwordFile === undefined ? undefined : await readPassword(passwordFile);
  const authorities = await Promise.all(server.authorities.map(readAuthority));
  const transport = createTransport({
    host,
    port,
    secure: protocol === 'tls',
    requireTLS: protocol === 'starttls',
    ignoreTLS: protocol === 'in-clear',
    tls: { minVersion: 'TLSv1.2', ...(authorities.length > 0 && { ca: authorities }) },
    ...(user !== undefined && pass !== undefined && { auth: { user, pass } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // What a client can choose must not become a file or a URL that is sent along.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, id }) {
      const message = {
        from: server.from,
        to: [...to],
        subject: printable(subject),
        text,
        messageId: `<${id}@lockport.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      try {
        const { response } = await transport.sendMail(message);
        return printable(response);
      } catch (cause) {
        throw new MailError(cause);
      }
    },
  };
}

async function loadMailer() {
  return import('nodemailer').catch((cause: unknown) => {
    const message = 'E-mail needs the package nodemailer: install it beside lockport by "npm install nodemailer"';
    throw new StartError(message, { cause });
  });
}

async function readPassword(file: string): Promise<string> {
  return (await readNamedFile(file, 'mail.passwordFile names it')).replace(/\r?\n$/, '');
}
