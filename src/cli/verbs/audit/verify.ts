import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../../core/index.ts';
import { type AuditVerdict, readPublicKey, verifyAudit } from '../../../service/index.ts';
import { Ended } from '../../ended.ts';
import { counted } from '../../quantity.ts';
import { addTrail, trailOf } from './place.ts';

interface Options {
  readonly publicKey?: string;
  readonly heads?: string;
  readonly json?: boolean;
}

/** `lockport audit verify` */
export function verify(): Command {
  const command = new Command('verify')
    .description('prove that no record was altered, removed or put in; names the first one that was')
    .option('--public-key <file>', 'believe this key alone (PEM); "audit public-key" prints it while all is well')
    .option('--heads <file>', 'compare with heads that were kept elsewhere, one a line; "audit head" prints them')
    .option('--json', 'as JSON');
  return addTrail(command).action(async () => {
    const { publicKey, heads, json } = command.opts<Options>();
    const verdict = await verifyAudit({
      directory: await trailOf(command),
      ...(publicKey !== undefined && { publicKey: await readPublicKey(publicKey) }),
      ...(heads !== undefined && { heads }),
    });
    process.stdout.write(json ? `${JSON.stringify(verdict, undefined, 2)}\n` : describe(verdict));
    if (!verdict.isWhole) throw new Ended('altered');
  });
}

function describe({ finding, first, last, segments, heads, key, isKeyGiven, remarks }: AuditVerdict): string {
  const lines = finding
    ? [`NOT WHOLE: ${finding.message} (${finding.kind}, record ${finding.record}, ${finding.file})`]
    : [`Whole: records ${first} to ${last} in ${counted(segments, 'file')}, by ${counted(heads, 'signed head')}`];
  const trust = isKeyGiven
    ? `Signed by key ${key}, for which the key that was given vouches`
    : `Signed by key ${key}, which lies beside the records: give --public-key to rule out another one`;
  return [...lines, ...(key === undefined ? [] : [trust]), ...remarks].map((line) => `${printable(line)}\n`).join('');
}
