import type { ConfiguredAction, MailServerSettings } from '../../configuration/index.ts';
import { findCommandUser } from '../../privileges.ts';
import type { Action } from './action.ts';
import { commandAction, commandUser } from './command.ts';
import { mailAction } from './mail.ts';
import { webhookAction } from './webhook.ts';

export { type Action, ActionError } from './action.ts';

/** Makes an action ready: what it needs is read and looked for now. @throws StartError, CertificateError, ConfigurationError */
export async function prepareAction(
  { webhook, command, mail }: ConfiguredAction,
  server: MailServerSettings,
  rule: string,
): Promise<Action> {
  if (webhook) return webhookAction(webhook, rule);
  if (command) return commandAction(command, rule, await commandUser(command, findCommandUser));
  if (mail) return mailAction(mail, server, rule);
  throw new TypeError('An action of the configuration has exactly one kind');
}
