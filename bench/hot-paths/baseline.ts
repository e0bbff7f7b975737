import { readFile, writeFile } from 'node:fs/promises';
import { FIGURE_NAMES, FIGURES, type Figures } from './figures.ts';
import type { HotPath } from './hot-path.ts';

/** What each path cost when that was last agreed on. */
export interface Baseline {
  /** The major version of Node that it holds for: another one makes other allocations of the same program. */
  readonly node: string;
  readonly paths: { readonly [name: string]: Figures };
}

const file = new URL('baseline.json', import.meta.url);

/** The major version of this Node. */
export const nodeMajor = process.versions.node.split('.')[0] ?? '';

export async function readBaseline(): Promise<Baseline> {
  return JSON.parse(await readFile(file, 'utf8')) as Baseline;
}

export async function writeBaseline(measured: ReadonlyMap<HotPath, Figures>): Promise<void> {
  const paths = Object.fromEntries(Array.from(measured, ([{ name }, figures]) => [name, figures] as const));
  await writeFile(file, `${JSON.stringify({ node: nodeMajor, paths } satisfies Baseline, undefined, 2)}\n`);
}

/** Each figure of a path that has risen clearly, as a sentence with the way out; none where all is well. */
export function stepsUp(
  { name, unit, units, spread = 0 }: HotPath,
  figures: Figures,
  { paths }: Baseline,
): readonly string[] {
  const agreed = paths[name];
  if (!agreed) return [`${name}: there is no baseline. ${wayOut}`];
  return FIGURE_NAMES.flatMap((figure) => {
    const { about, tolerance, slack } = FIGURES[figure];
    const most = agreed[figure] + Math.max(agreed[figure] * (tolerance + spread), slack / units);
    if (figures[figure] <= most) return [];
    const facts = `${figures[figure]} per ${unit}, baseline ${agreed[figure]}, at most ${most.toFixed(2)}`;
    return [`${name}: ${about}: ${facts}. ${wayOut}`];
  });
}

const wayOut =
  'Take back what made it dearer; where that is worth its price, say so in the commit and set the baseline anew: npm run bench:hot-paths -- --update';
