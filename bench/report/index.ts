import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Results } from '../results.ts';
import { headline } from './headline.ts';
import { page } from './page.ts';
import { plot } from './plot.ts';

export { unmet } from './verdict.ts';

/** Where the results of the last whole run lie, below the root of the clone; the pages are made of them. */
export const RESULTS_FILE = 'docs/performance.json';
const PLOTS = 'docs/performance';

const begin = '<!-- npm run bench: begin -->';
const end = '<!-- npm run bench: end -->';

/** What people write stands around what these give for the text of a page. */
const PAGES: { readonly [file: string]: (text: string, results: Results) => string } = {
  'docs/performance.md': (text, results) => {
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/performance.md lacks the lines ${begin} and ${end}`);
    const generated = page(results, ({ name }) => `performance/${name}.svg`);
    return `${text.slice(0, from)}${begin}\n\n${generated}\n\n${text.slice(to)}`;
  },
  'README.md': headline,
};

/** Keeps what a run gave, and makes the pages of it. */
export async function writeReport(results: Results, root: string): Promise<void> {
  await writeFile(join(root, RESULTS_FILE), `${JSON.stringify(results, undefined, 2)}\n`);
  await writePages(root);
}

/** Makes the pages, and the plots in them, of the results that are kept. @throws when a page has no place for them */
export async function writePages(root: string): Promise<void> {
  const made = await pages(root);
  if (made.size === 0) return;
  const directory = join(root, PLOTS);
  await mkdir(directory, { recursive: true });
  const old = (await readdir(directory)).filter((name) => name.endsWith('.svg'));
  await Promise.all(old.map((name) => rm(join(directory, name))));
  await Promise.all([...made].map(([file, text]) => writeFile(join(root, file), text)));
}

/** Every file that is made of the results that are kept, by its path below the root; none as long as there are no results. */
export async function pages(root: string): Promise<ReadonlyMap<string, string>> {
  const kept = await readFile(join(root, RESULTS_FILE), 'utf8').catch(absent);
  if (kept === undefined) return new Map();
  const results: Results = JSON.parse(kept);
  const measured = results.scenarios.filter(({ subjects }) => subjects.length > 0);
  const texts = Object.entries(PAGES).map(
    async ([file, make]) => [file, make(await readFile(join(root, file), 'utf8'), results)] as const,
  );
  const plots = measured.map((scenario) => [`${PLOTS}/${scenario.name}.svg`, plot(scenario)] as const);
  return new Map([...(await Promise.all(texts)), ...plots]);
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
