import path from 'node:path';
import { z } from 'zod';
import { duration, filePath, oneOf, section, text, whole } from './fields.ts';
import { isLoopback } from './monitoring-fields.ts';
import {
  accountNamesField,
  commandField,
  groupNamesField,
  nameField,
  patternsField,
  sizeField,
  webhookField,
} from './rule-fields.ts';

const MAX_GATES = 16;
const LOOPBACK = 'an address of this machine: ClamAV has no encryption';

const clamavField = section({
  socket: filePath('Its socket (LocalSocket of clamd.conf), such as /run/clamav/clamd.ctl').optional(),
  address: z
    .string(LOOPBACK)
    .refine(isLoopback, LOOPBACK)
    .default('127.0.0.1')
    .describe('Its address, where no socket is named'),
  port: whole(1, 65_535, 'Its port').default(3310),
  maxSize: whole(1, 1_000_000, 'Largest file that it takes, in MiB (StreamMaxLength of clamd.conf)').default(100),
});

const ASK = 'whom to ask: one of clamav, command, webhook';

const askField = section({
  clamav: clamavField.optional(),
  command: commandField.omit({ timeout: true }).optional(),
  webhook: webhookField.optional(),
}).refine((ask) => Object.values(ask).filter((given) => given !== undefined).length === 1, ASK);

/** One entry of `gates`. */
const gateField = section({
  name: nameField('Its name, in the audit trail'),
  accounts: accountNamesField.optional(),
  groups: groupNamesField.optional(),
  paths: patternsField.optional(),
  size: sizeField.optional(),
  ask: askField,
  timeout: duration('Time for a verdict, waiting for a turn included').prefault('30s'),
  unanswered: oneOf(['refuse', 'accept'], 'What happens to a file about which there is no verdict').default('refuse'),
  refused: oneOf(['refuse', 'quarantine'], 'Whether refused files are kept in the quarantine directory').default(
    'refuse',
  ),
  text: text('What the client is told of a refused file; {reason} is filled in').default(
    'The file is refused: {reason}',
  ),
});

export type ConfiguredGate = z.output<typeof gateField>;
export type ClamavSettings = z.output<typeof clamavField>;
export type GateCommandSettings = NonNullable<ConfiguredGate['ask']['command']>;

/** Where refused files are kept. */
export function quarantineOf({ quarantine }: { readonly quarantine?: string | undefined }, dataDir: string): string {
  return quarantine === undefined ? path.join(dataDir, 'quarantine') : path.resolve(quarantine);
}

export const gatesField = z
  .array(gateField, 'a list of gates, each with its "name"')
  .max(MAX_GATES, `at most ${MAX_GATES} gates`)
  .refine(
    (gates) => new Set(gates.map(({ name }) => name)).size === gates.length,
    'a list of gates, each with a name of its own',
  )
  .default([])
  .describe('Who is asked before an uploaded file is published: docs/gates.md');
