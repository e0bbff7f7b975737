import { Command } from 'commander';
import type { LoginTls } from '../../core/index.ts';
import { type AccountCrypto, type CryptoReport, cryptoReport } from '../../service/index.ts';
import { addPlace, withAccounts } from '../accounts.ts';
import { formatMoment } from '../field-texts.ts';
import { print } from '../operator/shown.ts';
import { formatTable } from '../table.ts';

/** `lockport crypto` */
export function crypto(): Command {
  return new Command('crypto').description('the cryptography that is in use').addCommand(report());
}

function report(): Command {
  const command = new Command('report')
    .description('the TLS or SSH of the last login of each account, and whom a stricter profile would lock out')
    .option('--json', 'as JSON');
  return addPlace(command).action(async () => {
    await withAccounts(command, async (accounts, configuration) => {
      const answer = await cryptoReport(configuration, accounts);
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : reportLines(answer));
    });
  });
}

function reportLines({ profile, accounts, unreadable, limits }: CryptoReport): readonly string[] {
  const rows = [
    ['ACCOUNT', 'LAST LOGIN (UTC)', 'VERSION', 'KEY EXCHANGE', 'CIPHER', 'CLIENT KEY', 'LOCKED OUT BY'],
    ...accounts.map(rowOf),
  ];
  return [
    `The profile of this server is ${profile}`,
    ...formatTable(rows).trimEnd().split('\n'),
    ...unreadable.map((name) => `${name} can't be read`),
    '',
    'Not told here:',
    ...limits.map((limit) => `  ${limit}`),
  ];
}

function rowOf({ account, lastLoginAt, tls, lockedOutBy, unknownFor }: AccountCrypto): readonly string[] {
  const { version, keyExchange = '-', cipher, clientKey = '-' } = tls === null ? NONE : tls === 'clear' ? CLEAR : tls;
  const perhaps = unknownFor.map((profile) => `${profile} perhaps`);
  return [
    account,
    lastLoginAt === null ? 'never' : formatMoment(new Date(lastLoginAt)),
    version,
    keyExchange,
    cipher,
    clientKey,
    [...lockedOutBy, ...perhaps].join(', ') || '-',
  ];
}

const NONE: Exclude<LoginTls, string> = { version: '-', cipher: '-' };
const CLEAR: Exclude<LoginTls, string> = { version: 'in clear', cipher: '-' };
