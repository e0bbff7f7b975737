/** Where a value was given. */
export type SettingOrigin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'flag'; readonly flag: string }
  /** A named policy, which sets what nobody else has. */
  | { readonly from: 'policy'; readonly policy: string };

/** One mistake in the configuration. */
export interface Problem {
  readonly origin: SettingOrigin;
  /** The setting, as `tls.profile`; empty where the mistake lies in no single one. */
  readonly key: string;
  /** What was expected, and what was found. */
  readonly message: string;
  /** The line of the file that holds it. */
  readonly excerpt?: string;
}

/** What the operator wrote can't be used. The message is for reading: one paragraph a problem. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(describeProblem).join('\n'), options);
    this.problems = problems;
  }
}

/** `lockport.yaml:3:10`, `LOCKPORT_TLS_PROFILE`, `--tls-profile`, `policy pci` or `default`. */
export function describeOrigin(origin: SettingOrigin): string {
  if (origin.from === 'file') return `${origin.file}:${origin.line}:${origin.column}`;
  if (origin.from === 'environment') return origin.variable;
  if (origin.from === 'policy') return `policy ${origin.policy}`;
  return origin.from === 'flag' ? origin.flag : 'default';
}

/** Whether a key, or a line, may hold a secret that somebody wrote into the configuration: messages are for logs, too. */
export function mayHoldSecret(text: string): boolean {
  return /password(?!s)|passphrase|secret|token|privateKey|:\/\/[^\s/@]*:[^\s/]*@/i.test(text);
}

function describeProblem(problem: Problem): string {
  const { origin, key, message, excerpt } = problem;
  const place = origin.from === 'default' ? '' : `${describeOrigin(origin)}: `;
  const subject = key === '' ? '' : `${key}: `;
  const isShown = origin.from === 'file' && excerpt !== undefined && excerpt !== '' && !mayHoldSecret(excerpt);
  return `${place}${subject}${message}${isShown ? `\n${pointAt(origin, excerpt)}` : ''}`;
}

function pointAt(place: { readonly line: number; readonly column: number }, excerpt: string): string {
  const margin = `${String(place.line).padStart(5)} | `;
  return `${margin}${excerpt}\n${' '.repeat(margin.length + place.column - 1)}^`;
}
