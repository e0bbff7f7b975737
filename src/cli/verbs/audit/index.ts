import { Command } from 'commander';
import { exportRecords } from './export.ts';
import { head, publicKey, rotateKey } from './key.ts';
import { checkReceiptFile, receipt } from './receipt.ts';
import { search } from './search.ts';
import { verify } from './verify.ts';

/** `lockport audit`; all of it works while the server runs, and without it. */
export function audit(): Command {
  const command = new Command('audit').description('the signed record of what happened');
  for (const verb of [search, exportRecords, verify, receipt, checkReceiptFile, head, publicKey, rotateKey])
    command.addCommand(verb());
  return command;
}
