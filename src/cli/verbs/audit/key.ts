import process from 'node:process';
import { Command } from 'commander';
import { newestHead, publicKeyOf, rotateAuditKey } from '../../../service/index.ts';
import { addTrail, trailOf } from './place.ts';

/** `lockport audit public-key` */
export function publicKey(): Command {
  const command = new Command('public-key').description('print the key that proves records and receipts (PEM)');
  return addTrail(command).action(async () => {
    process.stdout.write(await publicKeyOf(await trailOf(command)));
  });
}

/** `lockport audit head` */
export function head(): Command {
  const command = new Command('head').description('print the newest signed head as JSON, to be kept elsewhere');
  return addTrail(command).action(async () => {
    process.stdout.write(`${JSON.stringify(await newestHead(await trailOf(command)))}\n`);
  });
}

/** `lockport audit rotate-key` */
export function rotateKey(): Command {
  const command = new Command('rotate-key').description('make a new key, for which the old one vouches');
  return addTrail(command).action(async () => {
    const id = await rotateAuditKey(await trailOf(command));
    process.stdout.write(`Key ${id} is made; the server takes it with its next head, or at its next start\n`);
  });
}
