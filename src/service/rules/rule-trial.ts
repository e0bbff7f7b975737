import { z } from 'zod';
import { filled, fitsRule, RULE_EVENT_KINDS, type RuleEvent } from '../../operations/index.ts';
import type { Configuration, ConfiguredAction } from '../configuration/index.ts';
import { targetOf } from './actions/index.ts';
import { compilePathPattern } from './path-pattern.ts';

/** What a rule would do with an event. */
export interface RuleTrial {
  readonly rule: string;
  readonly fits: boolean;
  /** It would act so long after the event, in ms; absent: at once. */
  readonly after?: number;
  /** What it would do; empty where it does not fit. */
  readonly actions: readonly string[];
}

const EVENT = z.strictObject({
  kind: z.enum(RULE_EVENT_KINDS),
  id: z.string().default('example-1'),
  at: z.iso.datetime().default(() => new Date().toISOString()),
  account: z.string().optional(),
  address: z.string().optional(),
  path: z.string().optional(),
  from: z.string().optional(),
  bytes: z.number().optional(),
  offset: z.number().optional(),
  sha256: z.string().optional(),
  reason: z.string().optional(),
  until: z.string().optional(),
  percent: z.number().optional(),
  days: z.number().optional(),
  marks: z.array(z.number()).optional(),
  certificate: z.string().optional(),
  fingerprint: z.string().optional(),
  code: z.string().optional(),
  about: z.string().optional(),
  rule: z.string().optional(),
  due: z.iso.datetime().optional(),
  /** Of the account: no account is looked up. */
  groups: z.array(z.string()).default([]),
});

/** What the rules of a configuration would do with an event; nothing is done. @throws ZodError where the event can't be understood */
export async function tryRules({ rules }: Pick<Configuration, 'rules'>, given: unknown): Promise<readonly RuleTrial[]> {
  const { groups, ...parsed } = EVENT.parse(given);
  const mark = parsed.percent ?? parsed.days;
  const event = { ...parsed, marks: parsed.marks ?? (mark === undefined ? undefined : [mark]) };
  return Promise.all(
    rules.map(async ({ paths, do: actions, ...conditions }): Promise<RuleTrial> => {
      const compiled = { ...conditions, paths: paths?.map(compilePathPattern) };
      const fits = await fitsRule(compiled, event as RuleEvent, async () => groups);
      return {
        rule: conditions.name,
        fits,
        ...(conditions.after !== undefined && { after: conditions.after }),
        actions: fits ? shownActions(actions, event as RuleEvent) : [],
      };
    }),
  );
}

function shownActions(actions: readonly ConfiguredAction[], event: RuleEvent): readonly string[] {
  let now = event;
  return actions.map((action) => {
    const shown = shownAction(action, now);
    now = behind(action, now);
    return shown;
  });
}

function shownAction({ webhook, command, mail, ...onFile }: ConfiguredAction, event: RuleEvent): string {
  if (webhook) return `webhook ${webhook.url}`;
  if (mail) return `mail to ${mail.to.join(', ')}: ${filled(mail.subject, event)}`;
  if (command) return `command ${command.run.map((part) => JSON.stringify(filled(part, event))).join(' ')}`;
  const from = JSON.stringify(event.path ?? '');
  if (onFile.remove) return `remove ${from}`;
  const { kind, settings } = relocationIn(onFile);
  return `${kind} ${from} to ${shownTarget(() => targetOf(kind, settings?.to ?? '', event))}`;
}

/** What the actions behind one are told: a file that was moved has another path. */
function behind(action: ConfiguredAction, event: RuleEvent): RuleEvent {
  const { kind, settings } = relocationIn(action);
  if (!settings || kind === 'copy' || event.path === undefined) return event;
  try {
    return { ...event, path: targetOf(kind, settings.to, event), from: event.path };
  } catch {
    return event;
  }
}

function relocationIn({ move, rename, copy }: Pick<ConfiguredAction, 'move' | 'rename' | 'copy'>) {
  if (rename) return { kind: 'rename', settings: rename } as const;
  return copy ? ({ kind: 'copy', settings: copy } as const) : ({ kind: 'move', settings: move } as const);
}

function shownTarget(target: () => string): string {
  try {
    return JSON.stringify(target());
  } catch (error) {
    return `nowhere: ${error instanceof Error ? error.message : String(error)}`;
  }
}
