import { printable } from '../../../core/index.ts';
import { filled } from '../../../operations/index.ts';
import type { MailServerSettings, MailSettings } from '../../configuration/index.ts';
import { createMailer } from '../../mail/mailer.ts';
import { type Action, ActionError } from './action.ts';

/**
 * Sends an e-mail for each event. Its Message-ID is made of the id of the event, so that what is sent again can be told.
 * @throws StartError where there is no nodemailer or a file can't be read; CertificateError
 */
export async function mailAction(settings: MailSettings, server: MailServerSettings, rule: string): Promise<Action> {
  const mailer = await createMailer(server);
  return {
    kind: 'mail',
    async perform(event) {
      const lines = Object.entries({ rule, ...event }).map(([name, value]) => `${name}: ${printable(String(value))}`);
      const mail = {
        to: settings.to,
        subject: filled(settings.subject, event),
        text: `${lines.join('\n')}\n`,
        id: `${event.id}.${rule}`,
      };
      try {
        return { detail: await mailer.send(mail) };
      } catch (cause) {
        throw new ActionError(cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
  };
}
