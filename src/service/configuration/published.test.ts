import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { LIMITS } from '../../core/index.ts';
import { jsonSchema, SETTINGS } from './index.ts';
import { problemsOf, valueAt } from './layer.ts';
import { configurationSchema } from './schema.ts';
import { parseYamlLayer } from './yaml-file.ts';

const EXAMPLE = new URL('../../../examples/lockport.yaml', import.meta.url);
const SCHEMA = new URL('../../../docs/lockport.schema.json', import.meta.url);

test('docs/lockport.schema.json is what the schema says; else run scripts/generate-schema.ts', async () => {
  assert.deepEqual(JSON.parse(await readFile(SCHEMA, 'utf8')), JSON.parse(JSON.stringify(jsonSchema)));
});

test('the example as it stands changes nothing', async () => {
  assert.deepEqual(parseYamlLayer(await readFile(EXAMPLE, 'utf8'), 'lockport.yaml').tree, {});
});

test('the example shows every setting but the limits, each with a value that is right', async () => {
  const text = await readFile(EXAMPLE, 'utf8');
  const layer = parseYamlLayer(text.replace(/^#(?=\S|  )/gm, ''), 'lockport.yaml');
  assert.deepEqual(problemsOf(layer), []);
  const missing = SETTINGS.filter(
    ({ key, path }) => !key.startsWith('limits.') && valueAt(layer.tree, path) === undefined,
  );
  assert.deepEqual(missing, []);
});

test('the example shows defaults as they are', async () => {
  const text = await readFile(EXAMPLE, 'utf8');
  const { tree } = parseYamlLayer(text.replace(/^#(?=\S|  )/gm, ''), '/lockport.yaml');
  const scalar = SETTINGS.filter(({ type, key }) => type !== 'names' && type !== 'structure' && key !== 'dataDir');
  for (const { key, path, default: value } of scalar) {
    const shown = valueAt(tree, path);
    if (value !== undefined && shown !== undefined) assert.equal(shown, value, key);
  }
});

test('every default is a value that may be given', () => {
  const limits = Object.fromEntries(Object.entries(LIMITS).map(([name, row]) => [name, row.default]));
  assert.deepEqual(configurationSchema.parse({ limits }).limits, limits);
});

test('each setting has a summary, and a variable of its own', () => {
  assert.deepEqual(
    SETTINGS.filter(({ summary }) => summary === ''),
    [],
  );
  assert.equal(new Set(SETTINGS.map(({ variable }) => variable)).size, SETTINGS.length);
});
