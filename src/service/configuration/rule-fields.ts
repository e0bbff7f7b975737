import { z } from 'zod';
import { isGroupName } from '../../core/index.ts';
import {
  argumentsProblem,
  isOfFile,
  nameTemplateProblem,
  pathTemplateProblem,
  RULE_EVENT_KINDS,
  templateProblem,
} from '../../operations/index.ts';
import { compilePathPattern } from '../rules/path-pattern.ts';
import { accountName, duration, filePath, listOf, oneOf, section, text, whole } from './fields.ts';
import { isLoopback } from './monitoring-fields.ts';
import { kindFields, kindProblems } from './rule-kind-fields.ts';

const MAX_RULES = 64;
const MAX_SIZE = 2 ** 50;

const NAME = 'a name of lower-case letters, digits and "-", at most 64';
const PATTERN = 'a pattern of paths such as /inbox/*.xml or /in/**';
const URL_FORM = 'a URL that begins with https:// (http:// only to this machine), without a password in it';

function pattern(summary: string) {
  return z
    .string(PATTERN)
    .refine((given) => given.startsWith('/') && isReadable(given), PATTERN)
    .describe(summary);
}

function isReadable(given: string): boolean {
  try {
    compilePathPattern(given);
    return true;
  } catch {
    return false;
  }
}

export const webhookField = section({
  url: z.string(URL_FORM).refine(isHookUrl, URL_FORM).describe('Where events are sent to (POST)'),
  secretFile: filePath('File with the secret of the signature (Standard Webhooks: whsec_ and base64)'),
  authorities: listOf(
    filePath('Authority (PEM)'),
    'paths',
    'Authorities, one of which must have issued the certificate of the receiver (none: those of the system)',
  ),
  timeout: duration('Time for one attempt').prefault('30s'),
});

export const commandField = section({
  run: z
    .array(text('Argument'), 'the program and its arguments, as a list')
    .min(1, 'the program and its arguments, as a list')
    .refine(([program = '']) => program.startsWith('/'), 'a list that begins with the full path of the program')
    .superRefine((templates, context) => {
      const problem = argumentsProblem(templates);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `arguments (${problem})` });
    })
    .describe('Program and arguments; {path}, {account} and others are filled in, and no shell reads them'),
  timeout: duration('Time for one attempt; then the program and what it started are killed').prefault('60s'),
  user: text('User that it runs as, where the server stays root (default: the server’s)').optional(),
});

export function nameField(summary: string) {
  return z
    .string(NAME)
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, NAME)
    .describe(summary);
}

export const accountNamesField = z
  .array(accountName('Account'), 'a list of names of accounts')
  .min(1, 'one account at the least');

export const groupNamesField = z
  .array(z.string('the name of a group').refine(isGroupName, 'the name of a group'), 'a list of names of groups')
  .min(1, 'one group at the least');

export const patternsField = z
  .array(pattern('Pattern: * and ? within a name, ** for any directories'), 'a list of patterns')
  .min(1, 'one pattern at the least');

export const sizeField = section({
  atLeast: whole(0, MAX_SIZE, 'Bytes that the file has at the least').optional(),
  atMost: whole(0, MAX_SIZE, 'Bytes that the file has at the most').optional(),
});

const ADDRESS = 'an e-mail address such as ops@example.org';

function mailAddress(summary: string) {
  return z.email(ADDRESS).describe(summary);
}

const mailField = section({
  to: z
    .array(mailAddress('Recipient'), 'a list of e-mail addresses')
    .min(1, 'one e-mail address at the least')
    .max(20, 'at most 20 e-mail addresses')
    .describe('Recipients'),
  subject: text('Subject; {path}, {account} and others are filled in')
    .superRefine((template, context) => {
      const problem = templateProblem(template);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `a subject (${problem})` });
    })
    .default('Lockport: {event} {path} {account}'),
});

function relocationField(what: string, summary: string, problemOf: (template: string) => string | undefined) {
  return section({
    to: text(summary).superRefine((template, context) => {
      const problem = problemOf(template);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `${what} (${problem})` });
    }),
    onExisting: oneOf(
      ['number', 'replace', 'fail'],
      'Where something has the name already: number: the number of the record is put before the extension; replace; fail: the event becomes a dead letter',
    ).default('number'),
  });
}

const moveField = relocationField(
  'a path',
  'Path as the account sees it, such as /archive/{date}/{name}',
  pathTemplateProblem,
);
const renameField = relocationField('a name', 'Name, such as {stem}-{date}{extension}', nameTemplateProblem);

const ACTION = 'an action: one of webhook, command, mail, move, rename, copy, remove';

const actionField = section({
  webhook: webhookField.optional(),
  command: commandField.optional(),
  mail: mailField.optional(),
  move: moveField.optional().describe('Move the file'),
  rename: renameField.optional().describe('Give the file another name in its directory'),
  copy: moveField.optional().describe('Copy the file'),
  remove: section({}).optional().describe('Remove the file: {}'),
}).refine((action) => Object.values(action).filter((given) => given !== undefined).length === 1, ACTION);

/** Events behind which there is a file. */
const WITH_FILE: ReadonlySet<string> = new Set(['uploaded', 'downloaded', 'renamed']);

/** One entry of `rules`. */
const ruleField = section({
  name: nameField('Its name, by which its place in the audit trail is kept'),
  when: z
    .array(oneOf(RULE_EVENT_KINDS, 'Kind of event'), `a list of ${RULE_EVENT_KINDS.join(', ')}`)
    .min(1, `one at the least of ${RULE_EVENT_KINDS.join(', ')}`)
    .describe('The kinds of event'),
  accounts: accountNamesField.optional(),
  groups: groupNamesField.optional(),
  paths: patternsField.optional(),
  size: sizeField.optional(),
  after: duration(
    'Acts only once the event is so old, on what holds then: 30d. The audit trail keeps its records so long',
  ).optional(),
  ...kindFields,
  do: z
    .array(actionField, 'a list of actions')
    .min(1, 'one action at the least')
    .describe('What is done, in this order'),
})
  .refine(
    ({ when, paths, size }) => (paths === undefined && size === undefined) || when.every(isOfFile),
    'a rule with paths or size that waits for events of files alone',
  )
  .superRefine((rule, context) => {
    for (const message of kindProblems(rule)) context.addIssue({ code: 'custom', message });
  })
  .superRefine(({ when, do: actions }, context) => {
    const onFile = actions.map(({ move, rename, copy, remove }) => (move ?? rename ?? copy ?? remove) !== undefined);
    const first = onFile.indexOf(true);
    if (first === -1) return;
    const other = when.findIndex((kind) => !WITH_FILE.has(kind));
    const message = 'an action on the file only where the rule waits for uploaded, downloaded or renamed';
    if (other !== -1) context.addIssue({ code: 'custom', path: ['do', first], message });
    const removal = actions.findIndex(({ remove }) => remove !== undefined);
    const behind = onFile.indexOf(true, removal + 1);
    if (removal === -1 || behind === -1) return;
    context.addIssue({ code: 'custom', path: ['do', behind], message: 'no action on the file behind remove' });
  });

export type ConfiguredRule = z.output<typeof ruleField>;
export type ConfiguredAction = ConfiguredRule['do'][number];
export type WebhookSettings = z.output<typeof webhookField>;
export type MailSettings = z.output<typeof mailField>;
export type RelocationSettings = z.output<typeof moveField>;
export type CommandSettings = z.output<typeof commandField>;

/** The server that takes the e-mails of rules. */
export const mailServerField = section({
  host: text('Name or address of the server that takes e-mail (SMTP)').default('127.0.0.1'),
  protocol: oneOf(
    ['tls', 'starttls', 'in-clear'],
    'tls: from the first byte; starttls: before anything else, or not at all; in-clear: to this machine only',
  ).default('starttls'),
  port: whole(1, 65_535, 'Port (default: 465 for tls, 587 for starttls, 25 for in-clear)').optional(),
  user: text('User at that server').optional(),
  passwordFile: filePath('File with the password of that user').optional(),
  authorities: listOf(
    filePath('Authority (PEM)'),
    'paths',
    'Authorities, one of which must have issued its certificate (none: those of the system)',
  ),
  from: mailAddress('Sender').default('lockport@localhost.localdomain'),
}).prefault({});

/** E-mails about what expires. */
export const expiryMailField = section({
  enabled: z
    .boolean('true or false')
    .default(false)
    .describe('Tell holders of accounts by e-mail before the account or its password expires, and on the day'),
  daysBefore: whole(1, 365, 'Days before the end of which the first of the two e-mails is sent').default(14),
  administrators: z
    .array(mailAddress('Recipient'), 'a list of e-mail addresses')
    .max(20, 'at most 20 e-mail addresses')
    .default([])
    .describe('Who is told the same of the certificates of the server'),
}).prefault({});

export type MailServerSettings = z.output<typeof mailServerField>;

export const rulesField = z
  .array(ruleField, 'a list of rules, each with its "name"')
  .max(MAX_RULES, `at most ${MAX_RULES} rules`)
  .refine(
    (rules) => new Set(rules.map(({ name }) => name)).size === rules.length,
    'a list of rules, each with a name of its own',
  )
  .default([])
  .describe('What is done when something happens: docs/rules.md');

export const temporaryNamesField = z
  .array(
    z
      .string('a pattern of names')
      .refine((given) => !given.includes('/') && isReadable(`/${given}`), 'a pattern of names such as *.part'),
    'a list of patterns',
  )
  .default(['*.filepart', '*.part', '*.tmp'])
  .describe('Names that clients give a file until it is whole: for rules, the rename to its final name is the upload');

function isHookUrl(given: string): boolean {
  const url = URL.parse(given);
  if (!url || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, '')));
}
