import type { ToldEvent } from './rule-event.ts';

interface Placeholder {
  readonly read: (event: ToldEvent) => string | number | undefined;
  /** Whether no peer can make the value begin with `-`, which a program takes for an option. */
  readonly beginsSafely: boolean;
}

/** What `{name}` in a template becomes. What an event does not have becomes nothing. */
const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  event: { read: ({ kind }) => kind, beginsSafely: true },
  id: { read: ({ id }) => id, beginsSafely: true },
  time: { read: ({ at }) => at, beginsSafely: true },
  date: { read: ({ at }) => at.slice(0, 10), beginsSafely: true },
  year: { read: ({ at }) => at.slice(0, 4), beginsSafely: true },
  month: { read: ({ at }) => at.slice(5, 7), beginsSafely: true },
  day: { read: ({ at }) => at.slice(8, 10), beginsSafely: true },
  account: { read: ({ account }) => account, beginsSafely: false },
  address: { read: ({ address }) => address, beginsSafely: true },
  path: { read: ({ path }) => path, beginsSafely: true },
  from: { read: ({ from }) => from, beginsSafely: true },
  directory: { read: ({ path }) => path && (path.slice(0, path.lastIndexOf('/')) || '/'), beginsSafely: true },
  name: { read: (event) => nameOf(event), beginsSafely: false },
  stem: { read: (event) => splitName(event)[0], beginsSafely: false },
  extension: { read: (event) => splitName(event)[1], beginsSafely: true },
  bytes: { read: ({ bytes }) => bytes, beginsSafely: true },
  sha256: { read: ({ sha256 }) => sha256, beginsSafely: true },
  reason: { read: ({ reason }) => reason, beginsSafely: false },
  code: { read: ({ code }) => code, beginsSafely: true },
  about: { read: ({ about }) => about, beginsSafely: true },
  due: { read: ({ due }) => due, beginsSafely: true },
  until: { read: ({ until }) => until, beginsSafely: true },
  percent: { read: ({ percent }) => percent, beginsSafely: true },
  days: { read: ({ days }) => days, beginsSafely: false },
  certificate: { read: ({ certificate }) => certificate, beginsSafely: false },
  fingerprint: { read: ({ fingerprint }) => fingerprint, beginsSafely: true },
};

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The text with its placeholders filled in. What is filled in is not looked at again. */
export function filled(template: string, event: ToldEvent): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => String(PLACEHOLDERS[name]?.read(event) ?? ''));
}

/** What is wrong with a template; undefined where nothing is. */
export function templateProblem(template: string): string | undefined {
  const unknown = Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name).find(
    (name) => !Object.hasOwn(PLACEHOLDERS, name),
  );
  if (unknown === undefined) return undefined;
  return `{${unknown}} is unknown; there are ${Object.keys(PLACEHOLDERS)
    .map((name) => `{${name}}`)
    .join(' ')}`;
}

/** What is wrong with an argument list; undefined where nothing is. A peer must not be able to name options of the program. */
export function argumentsProblem(templates: readonly string[]): string | undefined {
  const [program = ''] = templates;
  if (/\{/.test(program)) return 'the program itself has no placeholders';
  const behindDashes = templates.indexOf('--');
  for (const [index, template] of templates.entries()) {
    const problem = templateProblem(template);
    if (problem !== undefined) return problem;
    const name = /^\{([^{}]*)\}/.exec(template)?.[1];
    if (name === undefined || PLACEHOLDERS[name]?.beginsSafely) continue;
    if (behindDashes === -1 || index < behindDashes) {
      return `a client can choose {${name}} so that the program takes it for an option; put "--" before it, or text such as "name={${name}}"`;
    }
  }
  return undefined;
}

function nameOf({ path = '' }: ToldEvent): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The name without its extension, and the extension with its dot. What begins with a dot has none. */
function splitName(event: ToldEvent): readonly [string, string] {
  const name = nameOf(event);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}
