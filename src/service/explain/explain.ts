import {
  type Account,
  type AccountRecord,
  type AccountStore,
  AccountStoreError,
  isRefusal,
  type Peer,
  printable,
  type Refusal,
  type TlsFacts,
  type VirtualPath,
  type Workspace,
} from '../../core/index.ts';
import { trialFiles } from '../../files/index.ts';
import type { LoginJudgement } from '../../identity/index.ts';
import { acceptedVersions, type CommandVerdict, type ListeningAddress, TrialSession } from '../../server/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { gatesFor } from '../gates/index.ts';
import { mountsOf } from '../mounts.ts';
import type { RecentFailures } from '../operators/recent-failures.ts';
import { passwordExpiry } from '../password-rules.ts';
import type { PlainOptions } from '../server-options.ts';
import type { SharedHere } from '../shared.ts';
import type { NamedStorages } from '../storages.ts';
import { decidedBy, type GroupRules, settingRule, valueText } from './decided-by.ts';
import type { DecidedBy, ExplainedListener, ExplainRequest, Explanation, Fact } from './explanation.ts';
import { accountFacts, gateFacts, listenerFacts, pathFacts } from './facts.ts';
import { commandOf, listenerOf, type NamedCommand, pathIn } from './request.ts';

/** What decides in a service, of one that runs or of its data. */
export interface ExplainParts {
  readonly accounts: Pick<AccountStore, 'find' | 'groups'>;
  readonly shared: SharedHere;
  readonly storages: NamedStorages;
  readonly configuration: Configuration;
  readonly options: PlainOptions;
  /** The listeners that are open, in the order of the configuration. */
  readonly addresses: readonly ListeningAddress[];
  /** Absent: no server runs, and what only a running one knows is not known. */
  readonly failures: RecentFailures | undefined;
}

/**
 * Whether an account may do something, decided by the code that serves it: the login by the admission control, the command by
 * its gates and by the account's files, on trial. Nothing is changed, counted or published.
 * @throws ExplainError
 */
export async function explain(parts: ExplainParts, request: ExplainRequest): Promise<Explanation> {
  const { account: name, from } = request;
  const failures = from === undefined ? [] : (parts.failures?.of(from) ?? []);
  const unknown = parts.failures ? [] : UNKNOWN_OFFLINE;
  if (name === undefined) return { ...(from !== undefined && { from }), facts: [], assumed: [], unknown, failures };
  const command = commandOf(request);
  const listener = listenerOf(parts.configuration, parts.addresses, request.port);
  const about = {
    account: name,
    ...(command && { command: command.words.join(' '), path: command.path }),
    ...(from !== undefined && { from }),
    unknown,
    failures,
  };
  const record = await found(parts.accounts, name);
  if (record instanceof AccountStoreError) {
    const reply = { code: 451, text: 'Internal error: the command was not carried out' };
    return { ...about, verdict: 'refused', reply, decidedBy: { text: record.message }, facts: [], assumed: [] };
  }
  const groups = await groupsOf(parts.accounts, record);
  return { ...about, ...(await new Trial(parts, request, listener, { record, groups }).explain(name, command)) };
}

/** What only a server that runs knows. */
const UNKNOWN_OFFLINE = [
  'No server was asked: its waits after failed logins, its open sessions, uploads under way and what failed are not known',
];

type Outcome = Omit<Explanation, 'unknown' | 'failures'>;

/** One request, with what was found for it. */
class Trial {
  readonly #parts: ExplainParts;
  readonly #request: ExplainRequest;
  readonly #listener: ExplainedListener;
  readonly #record: AccountRecord | undefined;
  readonly #groups: GroupRules;
  readonly #assumed: string[] = [];

  constructor(
    parts: ExplainParts,
    request: ExplainRequest,
    listener: ExplainedListener,
    { record, groups }: { readonly record: AccountRecord | undefined; readonly groups: GroupRules },
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#listener = listener;
    this.#record = record;
    this.#groups = groups;
  }

  async explain(name: string, command: NamedCommand | undefined): Promise<Outcome> {
    const { shared, failures } = this.#parts;
    const { records, receipts, control } = shared;
    const tls = this.#tls();
    const session = new TrialSession({
      options: this.#options,
      listener: this.#listener.index,
      mode: this.#listener.mode,
      address: this.#address(),
      ...(tls && { tls }),
      records,
      receipts,
    });
    const judgement = await control.judge(name, session.peer);
    const facts = [
      ...listenerFacts(this.#listener, this.#options),
      ...waitFacts(judgement),
      ...(this.#record ? this.#accountFacts(failures ? judgement.openSessions : undefined) : []),
    ];
    const refusal = this.#refusalAtLogin(session, judgement.verdict);
    if (refusal || isRefusal(judgement.verdict)) return { verdict: 'refused', ...refusal, ...this.#with(facts) };
    if (!command) return { verdict: 'allowed', ...this.#with(facts) };
    const answer = await this.#run(session, judgement.verdict, session.peer, command);
    const path = pathIn(command.path);
    const more = this.#record && path ? pathFacts(this.#record, path, await this.#quota(judgement.verdict)) : [];
    const gates = path && command.givesName ? this.#gates(judgement.verdict, path) : [];
    return { ...answer, ...this.#with([...facts, ...more, ...gates]) };
  }

  /** In the order in which a client meets them: the ban, the handshake, the gate, the login. */
  #refusalAtLogin(
    session: TrialSession,
    verdict: Account | Refusal,
  ): Pick<Explanation, 'reply' | 'decidedBy'> | undefined {
    if (isRefusal(verdict) && verdict.refused === 'banned') return this.#refused(421, verdict);
    const { isPlain = false, withoutCertificate = false } = this.#request;
    if (!isPlain && withoutCertificate && this.#ask === 'require') {
      const decision = decidedBy({ kind: 'setting', key: 'tls.clientCertificates.ask' }, this.#record, this.#groups);
      return { decidedBy: { ...decision, text: `${decision.text}: the TLS handshake fails without a certificate` } };
    }
    if (isPlain && this.#listener.mode === 'implicit') {
      return { decidedBy: { text: 'This listener speaks nothing but TLS: the handshake fails' } };
    }
    const gate = session.loginRefusal;
    if (gate) return { ...replyOf(gate), decidedBy: this.#decisionOn(gate) };
    return isRefusal(verdict) ? this.#refused(verdict.close ? 421 : 530, verdict) : undefined;
  }

  #refused(code: number, { message, detail, rule }: Refusal): Pick<Explanation, 'reply' | 'decidedBy'> {
    const decision: DecidedBy = rule ? this.#byRule(rule) : { text: detail ?? message };
    return { reply: { code, text: message }, decidedBy: decision };
  }

  async #run(
    session: TrialSession,
    account: Account,
    peer: Peer,
    { sent }: NamedCommand,
  ): Promise<Pick<Explanation, 'verdict' | 'reply' | 'decidedBy'>> {
    const { storages, shared } = this.#parts;
    const { counters } = shared;
    const { uploadBytes = 1 } = this.#request;
    const workspace: Workspace = {
      account,
      files: trialFiles({ mounts: mountsOf(account, storages), account, counters }, uploadBytes),
      policy: { sessionReuse: peer.sessionReuse ?? 'require', endOfStream: 'strict' },
      async [Symbol.asyncDispose]() {},
    };
    const verdict = await session.run(workspace, sent);
    const { reply } = verdict;
    if (!reply || reply.code < 400) return { verdict: 'allowed', ...replyOf(verdict) };
    return { verdict: 'refused', ...replyOf(verdict), decidedBy: this.#decisionOn(verdict) };
  }

  #decisionOn({ rule, option, reply }: CommandVerdict): DecidedBy {
    if (rule) return this.#byRule(rule);
    if (option !== undefined) return this.#byRule({ kind: 'setting', key: option });
    return { text: `What is there, and no rule: ${reply?.lines.join(' ') ?? ''}` };
  }

  #byRule(rule: NonNullable<DecidedBy['rule']>): DecidedBy {
    const named = rule.kind === 'setting' ? settingRule(rule.key, this.#listener, this.#options.listeners ?? []) : rule;
    return decidedBy(named, this.#record, this.#groups);
  }

  /** That of the client; where none was given, one that the account allows. */
  #address(): string {
    const { from } = this.#request;
    if (from !== undefined) return from;
    const [allowed] = this.#record?.account.allowedAddresses ?? [];
    const rest = allowed === undefined ? '' : `, one of ${valueText(this.#record?.account.allowedAddresses)}`;
    this.#assumed.push(`The client comes from an address that is not banned${rest} (--from ADDRESS names it)`);
    return allowed?.split('/')[0] ?? '';
  }

  #tls(): TlsFacts | undefined {
    if (this.#request.isPlain) return undefined;
    const rules = this.#options.listeners?.[this.#listener.index]?.tls;
    const version = acceptedVersions({ ...this.#options.tls, ...rules }).at(-1) ?? '';
    const facts = { version, cipher: '', resumed: false };
    this.#assumed.push('The client has the right password, and its data connections resume its TLS session');
    const { certificate, name = '' } = this.#record?.account ?? {};
    if (this.#ask === 'off' || this.#request.withoutCertificate || !certificate) return facts;
    if (certificate.use === 'none' && this.#ask !== 'require') return facts;
    const [fingerprint] = certificate.fingerprints;
    const which = fingerprint === undefined ? `a verified certificate of the name ${printable(name)}` : fingerprint;
    this.#assumed.push(`The client shows its certificate: ${which}`);
    return {
      ...facts,
      clientCertificate: {
        fingerprint: fingerprint ?? '',
        commonNames: [name],
        alternativeNames: [],
        verified: true,
      },
    };
  }

  #accountFacts(openSessions: number | undefined): readonly Fact[] {
    const record = this.#record;
    if (!record) return [];
    const passwordExpires = passwordExpiry(this.#parts.configuration.passwords, record);
    return accountFacts(record, { passwordExpires, ...(openSessions !== undefined && { openSessions }) });
  }

  #gates(account: Account, path: VirtualPath): readonly Fact[] {
    const bytes = this.#request.uploadBytes ?? 1;
    return gateFacts(gatesFor(this.#parts.configuration, account, { path, bytes }));
  }

  async #quota(account: Account) {
    const { counters } = this.#parts.shared;
    const { free } = await counters.of(account).limitSpace({ free: Number.MAX_SAFE_INTEGER, total: 0 });
    return { freeBytes: free, used: counters.used(account.home) };
  }

  #with(facts: readonly Fact[]): Pick<Explanation, 'facts' | 'assumed'> {
    return { facts, assumed: this.#assumed };
  }

  get #options(): PlainOptions {
    return this.#parts.options;
  }

  get #ask() {
    return this.#options.tls.clientCertificates?.ask ?? 'off';
  }
}

function waitFacts({ waitMs }: LoginJudgement): readonly Fact[] {
  if (waitMs === 0) return [];
  const text = `the next password is looked at ${Math.ceil(waitMs / 1000)} s from now only, after failed logins`;
  return [{ subject: 'wait', text }];
}

function replyOf({ reply }: CommandVerdict): Pick<Explanation, 'reply'> {
  return reply ? { reply: { code: reply.code, text: reply.lines.join(' ') } } : {};
}

async function found(
  accounts: ExplainParts['accounts'],
  name: string,
): Promise<AccountRecord | AccountStoreError | undefined> {
  try {
    return await accounts.find(name);
  } catch (error) {
    if (error instanceof AccountStoreError) return error;
    throw error;
  }
}

/** What the groups of an account say themselves: the paths of an account have its name where those of a group have `{name}`. */
async function groupsOf(accounts: ExplainParts['accounts'], record: AccountRecord | undefined): Promise<GroupRules> {
  const named = record?.account.groups ?? [];
  const records = await Promise.all(named.map((name) => accounts.groups.find(name)));
  return new Map(records.flatMap((group) => (group ? [[group.name, group.settings] as const] : [])));
}
