import type { Account, Publish, SessionOrigin, VirtualPath } from '../../core/index.ts';
import type { Gate } from '../../files/index.ts';
import type { Configuration, ConfiguredGate } from '../configuration/index.ts';
import { findCommandUser } from '../privileges.ts';
import { commandUser, compileBelow, compileNamePatterns, compilePathPattern } from '../rules/index.ts';
import { AccountGate } from './account-gate.ts';
import type { Judge } from './judge.ts';
import { clamavJudge } from './judges/clamav.ts';
import { commandJudge } from './judges/command.ts';
import { webhookJudge } from './judges/webhook.ts';
import type { PreparedGate } from './prepared-gate.ts';
import { Quarantine } from './quarantine.ts';
import { Turns } from './turns.ts';

type GateSettings = Pick<Configuration, 'gates' | 'quarantine' | 'temporaryNames' | 'limits'>;

/** The gates of a service, as one of its processes asks them. */
export interface Gates {
  /** Those of a session; undefined where none is for its account. */
  of(account: Account, origin: SessionOrigin): Gate | undefined;
}

/** Makes the gates of the configuration ready. @throws StartError, CertificateError, ConfigurationError */
export async function prepareGates(settings: GateSettings, publish: Publish): Promise<Gates> {
  const prepared = await Promise.all(settings.gates.map((gate) => prepareGate(gate, settings)));
  const quarantine = new Quarantine(settings.quarantine, settings.limits);
  return {
    of(account, origin) {
      const gates = prepared.filter((gate) => gate.isFor(account));
      if (gates.length === 0) return undefined;
      return new AccountGate({ gates, origin: { ...origin, account: account.name }, quarantine, publish });
    },
  };
}

/** The gates that would be asked about a file of that size before it gets this name. None of them is asked. */
export function gatesFor(
  { gates, temporaryNames }: Pick<GateSettings, 'gates' | 'temporaryNames'>,
  account: Account,
  { path, bytes }: { readonly path: VirtualPath; readonly bytes: number },
): readonly ConfiguredGate[] {
  return gates.filter((gate) => {
    const { isFor, fits, fitsSize } = scopeOf(gate, temporaryNames);
    return isFor(account) && fits(path) && fitsSize(bytes);
  });
}

/** Finds mistakes in gates that no schema sees. @throws as `prepareGates` */
export async function checkGates(settings: GateSettings): Promise<void> {
  await prepareGates(settings, () => undefined);
}

async function prepareGate(
  gate: ConfiguredGate,
  { limits, temporaryNames }: Pick<GateSettings, 'limits' | 'temporaryNames'>,
): Promise<PreparedGate> {
  const { name, paths, text } = gate;
  const below = paths?.map(compileBelow) ?? [];
  const judge = await judgeOf(gate);
  const turns = new Turns({
    atOnce: limits.maxGateQuestions,
    ofAccount: limits.maxGateQuestionsOfAccount,
    waiting: limits.maxWaitingGateQuestions,
  });
  return {
    name,
    // A link with a temporary name would lead to a file that has a final one.
    goesByPath: paths !== undefined || temporaryNames.length > 0,
    timeoutMs: gate.timeout,
    acceptsUnanswered: gate.unanswered === 'accept',
    keepsRefused: gate.refused === 'quarantine',
    ...scopeOf(gate, temporaryNames),
    fitsBelow: (directory) => below.some((one) => one(directory)),
    // What is filled in is not looked at again.
    textFor: (reason) => text.replaceAll('{reason}', () => reason),
    async judged(question, signal) {
      using turn = await turns.take(question.about.account ?? '', signal);
      return turn ? await judge.judge(question, signal) : 'overloaded';
    },
  };
}

/** Which files of whom a gate is asked about. */
function scopeOf(
  { accounts, groups, paths, size }: ConfiguredGate,
  temporaryNames: GateSettings['temporaryNames'],
): Pick<PreparedGate, 'isFor' | 'fits' | 'fitsSize'> {
  const isTemporary = compileNamePatterns(temporaryNames);
  const fits = paths?.map(compilePathPattern);
  const { atLeast = 0, atMost = Infinity } = size ?? {};
  return {
    isFor: (account) =>
      (!accounts && !groups) ||
      accounts?.includes(account.name) === true ||
      account.groups.some((group) => groups?.includes(group)),
    fits: (path) => !isTemporary(path) && (fits?.some((one) => one(path)) ?? true),
    fitsSize: (bytes) => bytes >= atLeast && bytes <= atMost,
  };
}

async function judgeOf({ name, ask, timeout }: ConfiguredGate): Promise<Judge> {
  const { clamav, command, webhook } = ask;
  if (clamav) return clamavJudge(clamav);
  if (webhook) return webhookJudge(webhook, name);
  if (!command) throw new TypeError('A gate of the configuration asks exactly one');
  const user = await commandUser(command, findCommandUser);
  return commandJudge(command, { gate: name, timeoutMs: timeout, user });
}
