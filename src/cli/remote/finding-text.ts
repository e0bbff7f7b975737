import type { Finding, Verdict } from '../../client/index.ts';
import { printable } from '../../core/index.ts';
import { counted } from '../quantity.ts';
import { columnsOf } from './columns.ts';

/** How findings look on what they are printed to. */
export interface FindingStyle {
  /** Whether marks may be other characters than ASCII. */
  readonly isUnicode: boolean;
  readonly isColoured: boolean;
  /** Where to break lines; undefined: nowhere. */
  readonly columns: number | undefined;
}

/** The finding as lines that are safe to print: mark, check and sentence, with advice and what else helps below. */
export function findingLines(finding: Finding, style: FindingStyle, more: readonly string[] = []): readonly string[] {
  const { check, verdict, message, advice } = finding;
  const mark = coloured(MARKS[verdict][style.isUnicode ? 'unicode' : 'ascii'], verdict, style);
  const [first = '', ...others] = wrapped(printable(message), style);
  const arrow = style.isUnicode ? '→' : '>';
  const [firstAdvice, ...otherAdvice] = advice === undefined ? [] : wrapped(printable(advice), style);
  return [
    `${mark} ${check.padEnd(CHECK_COLUMNS)} ${first}`,
    ...others.map(indented),
    ...(firstAdvice === undefined ? [] : [`${' '.repeat(INDENT - 2)}${arrow} ${firstAdvice}`]),
    ...otherAdvice.map(indented),
    ...more.map((line) => indented(printable(line))),
  ];
}

/** How many there are of each, and what to do first. */
export function findingsSummary(findings: readonly Finding[]): string {
  const problems = findings.filter(({ verdict }) => verdict === 'bad');
  const warnings = findings.filter(({ verdict }) => verdict === 'warning');
  const counts = [
    ...(problems.length === 0 ? [] : [counted(problems.length, 'problem')]),
    ...(warnings.length === 0 ? [] : [counted(warnings.length, 'warning')]),
  ];
  if (counts.length === 0) return `Nothing is wrong (${counted(findings.length, 'finding')})`;
  const advice = (problems.length > 0 ? problems : warnings).find((finding) => finding.advice !== undefined)?.advice;
  return `${counts.join(', ')}${advice === undefined ? '' : `; the first thing to do: ${printable(advice)}`}`;
}

/** How many findings have each verdict. */
export function verdictCounts(findings: readonly Finding[]): { readonly [verdict in Verdict]: number } {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  return {
    good: count('good'),
    note: count('note'),
    warning: count('warning'),
    bad: count('bad'),
    skipped: count('skipped'),
  };
}

const MARKS: { readonly [verdict in Verdict]: { readonly unicode: string; readonly ascii: string } } = {
  good: { unicode: '✓', ascii: '+' },
  note: { unicode: '·', ascii: '.' },
  warning: { unicode: '!', ascii: '!' },
  bad: { unicode: '✗', ascii: 'X' },
  skipped: { unicode: '-', ascii: '-' },
};

/** ECMA-48 SGR: green, faint, yellow, red. */
const COLOURS: { readonly [verdict in Verdict]: string } = {
  good: '32',
  note: '2',
  warning: '33',
  bad: '31',
  skipped: '2',
};

/** The longest name of a check. */
const CHECK_COLUMNS = 'without-resuming'.length;
/** Mark, space, name, space. */
const INDENT = 2 + CHECK_COLUMNS + 1;
const LEAST_COLUMNS = 30;

function coloured(text: string, verdict: Verdict, { isColoured }: FindingStyle): string {
  return isColoured ? `\u001b[${COLOURS[verdict]}m${text}\u001b[0m` : text;
}

function indented(line: string): string {
  return ' '.repeat(INDENT) + line;
}

/** Lines that fit beside the indentation; a word that is longer than a line stays whole. */
function wrapped(text: string, { columns }: FindingStyle): readonly string[] {
  if (columns === undefined) return [text];
  const room = Math.max(LEAST_COLUMNS, columns - 1 - INDENT);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || columnsOf(last) + 1 + columnsOf(word) > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
