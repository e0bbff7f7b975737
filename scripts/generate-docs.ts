/** Writes the pages of docs/ that follow from tables of the code: `node scripts/generate-docs.ts`. A test compares them. */
import { writeFile } from 'node:fs/promises';
import { limitsPage, protocolPage } from './pages.ts';

await writeFile(new URL('../docs/protocol.md', import.meta.url), protocolPage());
await writeFile(new URL('../docs/limits.md', import.meta.url), limitsPage());
