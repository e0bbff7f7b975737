/** Writes the pages that follow from tables of the code, and from the results of the last benchmark: `node scripts/generate-docs.ts`. A test compares them. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writePages } from '../bench/report/index.ts';
import { limitsPage, protocolPage } from './pages.ts';

await writeFile(new URL('../docs/protocol.md', import.meta.url), protocolPage());
await writeFile(new URL('../docs/limits.md', import.meta.url), limitsPage());
await writePages(fileURLToPath(new URL('..', import.meta.url)));
