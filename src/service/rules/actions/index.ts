import type { ConfiguredAction, MailServerSettings } from '../../configuration/index.ts';
import { findCommandUser } from '../../privileges.ts';
import type { Action } from './action.ts';
import { commandAction, commandUser } from './command.ts';
import { mailAction } from './mail.ts';
import { relocation } from './relocation.ts';
import { removeAction } from './remove.ts';
import { webhookAction } from './webhook.ts';

export { type Action, ActionError, type OpenRuleFiles } from './action.ts';
export { targetOf } from './relocation.ts';

/** Makes an action ready: what it needs is read and looked for now. @throws StartError, CertificateError, ConfigurationError */
export async function prepareAction(
  { webhook, command, mail, move, rename, copy, remove }: ConfiguredAction,
  server: MailServerSettings,
  rule: string,
): Promise<Action> {
  if (webhook) return webhookAction(webhook, rule);
  if (command) return commandAction(command, rule, await commandUser(command, findCommandUser));
  if (mail) return mailAction(mail, server, rule);
  if (move) return relocation('move', move);
  if (rename) return relocation('rename', rename);
  if (copy) return relocation('copy', copy);
  if (remove) return removeAction();
  throw new TypeError('An action of the configuration has exactly one kind');
}
