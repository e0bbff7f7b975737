import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Results } from '../results.ts';
import { page } from './page.ts';
import { plot } from './plot.ts';

/** Where the report goes: the page, whose generated part is replaced, and the directory of its plots. */
export interface ReportTarget {
  readonly markdown: string;
  readonly plots: string;
}

const begin = '<!-- npm run bench: begin -->';
const end = '<!-- npm run bench: end -->';

/** Writes what a run gave. What people wrote around it stays. @throws when the page has no place for it */
export async function writeReport(results: Results, target: ReportTarget): Promise<void> {
  const text = await readFile(target.markdown, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${target.markdown} lacks the lines ${begin} and ${end}`);
  const generated = page(results, ({ name }) => `${basename(target.plots)}/${name}.svg`);
  await writeFile(target.markdown, `${text.slice(0, from)}${begin}\n\n${generated}\n\n${text.slice(to)}`);
  await writePlots(results, target.plots);
}

async function writePlots({ scenarios }: Results, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const old = (await readdir(directory)).filter((name) => name.endsWith('.svg'));
  await Promise.all(old.map((name) => rm(join(directory, name))));
  const measured = scenarios.filter(({ subjects }) => subjects.length > 0);
  await Promise.all(measured.map((scenario) => writeFile(join(directory, `${scenario.name}.svg`), plot(scenario))));
}
