import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { printable } from '../../../core/index.ts';
import { checkReceipt, readPublicKey, receiptOfRecord } from '../../../service/index.ts';
import { Ended } from '../../ended.ts';
import { localError } from '../../local-error.ts';
import { formatTable } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';
import { addTrail, trailOf } from './place.ts';

/** `lockport audit receipt` */
export function receipt(): Command {
  const command = new Command('receipt')
    .description('print a signed statement of an upload, which a partner can check with the public key alone')
    .argument('<record>', 'number of the record of the upload; "audit search" shows it');
  return addTrail(command).action(async (number: string) => {
    if (!/^\d{1,15}$/.test(number)) throw new UsageError(`${JSON.stringify(number)} is no number of a record`);
    const signed = await receiptOfRecord(await trailOf(command), Number(number));
    process.stdout.write(`${JSON.stringify(signed)}\n`);
  });
}

/** `lockport audit check-receipt` */
export function checkReceiptFile(): Command {
  const command = new Command('check-receipt')
    .description('tell whether a receipt is what the server signed')
    .argument('<file>', 'the receipt, or the reply to SITE RECEIPT as it came; -: standard input')
    .requiredOption('--public-key <file>', 'the key of the server (PEM)')
    .option('--json', 'as JSON');
  return command.action(async (file: string) => {
    const { publicKey, json } = command.opts<{ readonly publicKey: string; readonly json?: boolean }>();
    const key = await readPublicKey(publicKey);
    const checked = checkReceipt(await textOf(file), key);
    if ('fault' in checked) {
      process.stderr.write(`lockport: The receipt is not to be believed: ${checked.fault}\n`);
      throw new Ended('altered');
    }
    const rows = Object.entries(checked.facts).map(([name, value]) => [name, printable(String(value))]);
    process.stdout.write(json ? `${JSON.stringify(checked.facts)}\n` : formatTable(rows));
  });
}

/** @throws LocalError */
function textOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error) => {
    throw localError(file, error);
  });
}
