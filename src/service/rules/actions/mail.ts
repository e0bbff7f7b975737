import { readFile } from 'node:fs/promises';
import { printable } from '../../../core/index.ts';
import { filled } from '../../../operations/index.ts';
import { readAuthority } from '../../certificate/index.ts';
import type { MailServerSettings, MailSettings } from '../../configuration/index.ts';
import { StartError } from '../../start-error.ts';
import { systemCode } from '../../system-error.ts';
import { type Action, ActionError } from './action.ts';

const CONNECT_MS = 15_000;
/** Without progress for so long, an attempt has failed. */
const SILENCE_MS = 30_000;
const PORTS = { tls: 465, starttls: 587, 'in-clear': 25 };

/**
 * Sends an e-mail for each event. Its Message-ID is made of the id of the event, so that what is sent again can be told.
 * @throws StartError where there is no nodemailer or a file can't be read; CertificateError
 */
export async function mailAction(settings: MailSettings, server: MailServerSettings, rule: string): Promise<Action> {
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
    kind: 'mail',
    async perform(event) {
      const lines = Object.entries({ rule, ...event }).map(([name, value]) => `${name}: ${printable(String(value))}`);
      const message = {
        from: server.from,
        to: [...settings.to],
        subject: printable(filled(settings.subject, event)),
        text: `${lines.join('\n')}\n`,
        messageId: `<${event.id}.${rule}@lockport.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      try {
        const { response } = await transport.sendMail(message);
        return printable(response);
      } catch (cause) {
        throw new ActionError(printable(cause instanceof Error ? cause.message : String(cause)), { cause });
      }
    },
  };
}

async function loadMailer() {
  return import('nodemailer').catch((cause: unknown) => {
    const message =
      'A rule sends e-mail, which needs the package nodemailer: install it beside lockport by "npm install nodemailer"';
    throw new StartError(message, { cause });
  });
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new StartError(
      `${file}: can't be read (${systemCode(cause) ?? String(cause)}), and mail.passwordFile names it`,
      {
        cause,
      },
    );
  }
}
