import type { Explanation, ShownFailure } from '../../service/index.ts';
import { formatMoment } from '../field-texts.ts';
import { formatTable } from '../table.ts';

/** `lockport explain` for people. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { facts, assumed, unknown, failures, from } = explanation;
  const lines = [
    ...verdictLines(explanation),
    ...section('', linesOf(facts.map(({ subject, text, origin }) => [subject, origin ? `${text} (${origin})` : text]))),
    ...section('Taken to be so:', assumed),
    ...section('Not known:', unknown),
    ...(from === undefined ? [] : section(`What failed from ${from}:`, failureLines(failures))),
  ];
  return lines[0] === '' ? lines.slice(1) : lines;
}

function verdictLines({ account, verdict, command, path, reply, decidedBy }: Explanation): readonly string[] {
  if (account === undefined) return [];
  const what = command === undefined ? 'sign in' : `${command} ${path}`;
  if (verdict === 'allowed') return [`${account} may ${what}`];
  return [
    `${account} may not ${what}${reply ? `: ${reply.code} ${reply.text}` : ''}`,
    ...(decidedBy ? [`Decided by: ${decidedBy.text}`] : []),
    ...(decidedBy?.change === undefined ? [] : [`To change it: ${decidedBy.change}`]),
  ];
}

function failureLines(failures: readonly ShownFailure[]): readonly string[] {
  if (failures.length === 0) return ['nothing that this server remembers'];
  return failures.flatMap(({ at, kind, user, words, tls }) => [
    `${formatMoment(new Date(at))} UTC  ${kind}${user === undefined ? '' : ` as ${user}`}: ${words}`,
    ...(tls?.offered ? offerLines(tls.offered) : []),
  ]);
}

function offerLines({
  versions,
  ciphers,
  groups,
  serverName,
  alpn,
}: NonNullable<NonNullable<ShownFailure['tls']>['offered']>): readonly string[] {
  return [
    `  offered: ${versions.join(', ')}; ciphers ${ciphers.join(', ')}`,
    `  groups ${groups.join(', ') || 'none'}; host name ${serverName ?? 'none'}; ALPN ${alpn?.join(', ') ?? 'none'}`,
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ['', ...(title === '' ? lines : [title, ...lines.map((line) => `  ${line}`)])];
}

function linesOf(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : formatTable(rows).trimEnd().split('\n');
}
