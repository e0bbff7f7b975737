/** Writes the pages that follow from tables of the code, and from the results of the last benchmark: `node scripts/generate-docs.ts`. A test compares them. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writePages } from '../bench/report/index.ts';
import { withRoutesTable } from './api-page.ts';
import { limitsPage, protocolPage, withMetricsTable } from './pages.ts';

await writeFile(new URL('../docs/protocol.md', import.meta.url), protocolPage());
await writeFile(new URL('../docs/limits.md', import.meta.url), limitsPage());
const monitoring = new URL('../docs/monitoring.md', import.meta.url);
await writeFile(monitoring, withMetricsTable(await readFile(monitoring, 'utf8')));
const api = new URL('../docs/api.md', import.meta.url);
await writeFile(api, withRoutesTable(await readFile(api, 'utf8')));
await writePages(fileURLToPath(new URL('..', import.meta.url)));
