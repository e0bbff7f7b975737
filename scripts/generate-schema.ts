/** Writes docs/lockport.schema.json, the JSON Schema of `lockport.yaml` for editors. A test compares them. */
import { writeFile } from 'node:fs/promises';
import { jsonSchema } from '../src/service/index.ts';

await writeFile(new URL('../docs/lockport.schema.json', import.meta.url), JSON.stringify(jsonSchema, undefined, 2));
