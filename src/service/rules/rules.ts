import { mkdir, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { AccountStore, Publish } from '../../core/index.ts';
import { type AuditRecord, type Journal, recordsOf } from '../../operations/index.ts';
import type { Configuration, ConfiguredRule } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { type OpenRuleFiles, prepareAction } from './actions/index.ts';
import { compileNamePatterns, compilePathPattern } from './path-pattern.ts';
import type { PreparedRule, RuleRunnerParts } from './rule-parts.ts';
import { RuleRunner } from './rule-runner.ts';

export interface RulesParts {
  readonly journal: Journal;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly openFiles: OpenRuleFiles;
  readonly publish: Publish;
}

type RuleSettings = Pick<Configuration, 'rules' | 'mail' | 'temporaryNames' | 'limits' | 'dataDir'>;

/** All rules of a running service. */
export class Rules implements AsyncDisposable {
  readonly #parts: RulesParts;
  /** The names of the events whose records acknowledgements wait for, so that no rule misses what was acknowledged. */
  awaited: ReadonlySet<string> = new Set();
  #ready: { readonly settings: RuleSettings; readonly prepared: readonly PreparedRule[] } | undefined;
  #runners: ReadonlyMap<string, RuleRunner> = new Map();

  private constructor(parts: RulesParts) {
    this.#parts = parts;
  }

  /**
   * Makes the rules ready. They act from `begin` on: once the process runs as its final user.
   * @throws StartError, CertificateError, ConfigurationError where a rule can't be carried out
   */
  static async prepare(settings: RuleSettings, parts: RulesParts): Promise<Rules> {
    const rules = new Rules(parts);
    rules.#ready = { settings, prepared: await prepareRules(settings) };
    rules.awaited = awaitedBy(settings.rules);
    return rules;
  }

  /** @throws StartError where what they had still to do can't be read */
  async begin(): Promise<void> {
    if (this.#ready) await this.#begin(this.#ready.settings, this.#ready.prepared);
    this.#ready = undefined;
  }

  get runners(): readonly RuleRunner[] {
    return [...this.#runners.values()];
  }

  /** Has rules act on a record that can't be written now. */
  async tellNow(record: AuditRecord): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.tellNow(record)));
  }

  find(name: string): RuleRunner | undefined {
    return this.#runners.get(name);
  }

  /** Makes ready what the call of its result takes over. @throws as `prepare`; then nothing has changed */
  async reload(next: RuleSettings): Promise<() => Promise<void>> {
    const prepared = await prepareRules(next);
    return async () => {
      // Nothing that one of them has not read may go between its hold and the next one.
      using _ = this.#parts.journal.hold('rules that begin anew', () => 0);
      // All begin anew: secrets and certificates were read again, too.
      await this.#end();
      await this.#begin(next, prepared);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #begin(settings: RuleSettings, prepared: readonly PreparedRule[]): Promise<void> {
    const { audit, rules: directory } = pathsIn(settings.dataDir);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { journal, accounts, openFiles, publish } = this.#parts;
    const shared: Omit<RuleRunnerParts, 'rule'> = {
      directory,
      journal,
      auditDirectory: audit,
      isTemporary: compileNamePatterns(settings.temporaryNames),
      groupsOf: async (account) => (await accounts.find(account))?.account.groups ?? [],
      openFiles,
      limits: settings.limits,
      publish,
    };
    await this.#forgetOthers(directory, prepared);
    const runners = new Map<string, RuleRunner>();
    this.#runners = runners;
    this.awaited = awaitedBy(settings.rules);
    for (const rule of prepared) runners.set(rule.name, await RuleRunner.start({ ...shared, rule }));
  }

  /** A rule that was taken away and comes back begins with what happens then. Its dead letters stay. */
  async #forgetOthers(directory: string, rules: readonly PreparedRule[]): Promise<void> {
    const known = new Set(rules.map(({ name }) => `${name}.json`));
    const others = (await readdir(directory)).filter((file) => file.endsWith('.json') && !known.has(file));
    for (const file of others) {
      await unlink(path.join(directory, file));
      const message = `The rule ${path.basename(file, '.json')} is no more: what it had still to do is dropped`;
      this.#parts.publish({ event: 'notice', message });
    }
  }

  async #end(): Promise<void> {
    const runners = this.runners;
    this.#runners = new Map();
    await Promise.all(runners.map((runner) => runner[Symbol.asyncDispose]()));
  }
}

/** Finds mistakes in rules that no schema sees: files and programs that are not there. @throws as `Rules.prepare` */
export async function checkRules(configuration: Configuration): Promise<void> {
  await prepareRules(configuration);
}

async function prepareRules({ rules, mail }: Pick<Configuration, 'rules' | 'mail'>): Promise<readonly PreparedRule[]> {
  return Promise.all(rules.map((rule) => prepareRule(rule, mail)));
}

async function prepareRule(rule: ConfiguredRule, mail: Configuration['mail']): Promise<PreparedRule> {
  const { do: _, paths, ...conditions } = rule;
  const actions = await Promise.all(rule.do.map((action) => prepareAction(action, mail, rule.name)));
  return { ...conditions, paths: paths?.map(compilePathPattern), actions };
}

/** Events that clients hear an acknowledgement of. */
const ACKNOWLEDGED: ReadonlySet<string> = new Set(['file.changed', 'transfer.finished']);

function awaitedBy(rules: readonly ConfiguredRule[]): ReadonlySet<string> {
  return recordsOf(rules.flatMap(({ when }) => when)).intersection(ACKNOWLEDGED);
}
