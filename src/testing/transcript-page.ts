/** A line that the server must send; `*` in it stands for anything. */
export interface ExpectedLine {
  readonly line: number;
  readonly pattern: string;
}

/** One thing to do, and the line of the page that says so. */
export type Step =
  | { readonly kind: 'command'; readonly line: number; readonly text: string }
  | { readonly kind: 'reply'; readonly line: number; readonly expected: readonly ExpectedLine[] }
  | {
      readonly kind: 'direction';
      readonly line: number;
      readonly direction: Direction;
      readonly argument: string;
    };

/** What a `--` line may ask for; see `playTranscript`. */
const DIRECTIONS = [
  'server',
  'implicit',
  'tls',
  'sign in',
  'data',
  'upload',
  'part',
  'download',
  'send',
  'end',
] as const;
type Direction = (typeof DIRECTIONS)[number];

/** A conversation on a page. */
export interface Transcript {
  readonly title: string;
  readonly steps: readonly Step[];
}

/**
 * Reads a page. Its first line is the title (`# ...`); then `C:` lines are what the client sends, `S:` lines are what
 * the server must answer, `--` lines direct what goes on beside the conversation, `#` lines are remarks.
 * @throws SyntaxError that names the line.
 */
export function parseTranscript(page: string): Transcript {
  const steps: Step[] = [];
  const lines = page.split('\n');
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (text === '' || text.startsWith('#')) continue;
    const mark = text.slice(0, 3);
    const rest = text.slice(3);
    if (mark === 'C: ') steps.push({ kind: 'command', line, text: rest });
    else if (mark === 'S: ') addExpected(steps, { line, pattern: rest });
    else if (mark === '-- ') steps.push({ kind: 'direction', line, ...readDirection(rest, line) });
    else throw new SyntaxError(`Line ${line}: neither C:, S:, -- nor #`);
  }
  return { title: lines[0]?.replace(/^# */, '') ?? '', steps };
}

/** Lines belong to one reply until the one whose code is followed by a space (RFC 959 section 4.2). */
function addExpected(steps: Step[], expected: ExpectedLine): void {
  const before = steps.at(-1);
  if (before?.kind === 'reply' && !isLastLine(before.expected.at(-1)?.pattern ?? '')) {
    steps[steps.length - 1] = { ...before, expected: [...before.expected, expected] };
  } else {
    steps.push({ kind: 'reply', line: expected.line, expected: [expected] });
  }
}

function isLastLine(pattern: string): boolean {
  return /^[1-6*][\d*]{0,2} /.test(pattern);
}

function readDirection(text: string, line: number): { readonly direction: Direction; readonly argument: string } {
  const direction = DIRECTIONS.find((name) => text === name || text.startsWith(`${name} `));
  if (direction === undefined) throw new SyntaxError(`Line ${line}: no direction is called "${text}"`);
  return { direction, argument: text.slice(direction.length + 1) };
}
