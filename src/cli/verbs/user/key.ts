import process from 'node:process';
import { Command } from 'commander';
import {
  keyOfLine,
  nameOfLine,
  optionsOfLine,
  type PublicKeyLine,
  printable,
  publicKeyLine,
  readPublicKeyLine,
  type SessionsKept,
} from '../../../core/index.ts';
import { keyFingerprint } from '../../../identity/index.ts';
import { addPlace, findOwn, withAccounts } from '../../accounts.ts';
import { UsageError } from '../../usage-error.ts';
import { keepSessionsOption } from './manage.ts';

/** `lockport user key`: the public keys that an account signs in with over SFTP. */
export function key(): Command {
  return new Command('key')
    .description('the public keys of an account, for SFTP')
    .addCommand(add())
    .addCommand(list())
    .addCommand(remove());
}

function add(): Command {
  const command = new Command('add')
    .description('let a key sign in')
    .argument('<name>')
    .argument('<key>', 'a line such as "ssh-ed25519 AAAA... comment"; from= and expiry-time= may stand before it');
  return addPlace(command).action(async (name: string, text: string) => {
    const read = readPublicKeyLine(text);
    if ('problem' in read) throw new UsageError(`${JSON.stringify(printable(text.slice(0, 100)))}: ${read.problem}`);
    const { line } = read;
    await withAccounts(command, async (accounts) => {
      const { authorizedKeys = [] } = await findOwn(accounts, name);
      if (authorizedKeys.some((each) => keyOfLine(each) === keyOfLine(line)))
        throw new UsageError(`${name} has this key already`);
      await accounts.update(name, { authorizedKeys: [...authorizedKeys, line] });
      process.stdout.write(`${keyFingerprint(line)} may sign in as ${name} from now on${heldTo(line)}\n`);
    });
  });
}

function list(): Command {
  const command = new Command('list').description('print the keys of an account').argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      const { authorizedKeys = [] } = await findOwn(accounts, name);
      process.stdout.write(authorizedKeys.map((line) => `${keyFingerprint(line)} ${nameOfLine(line)}\n`).join(''));
    });
  });
}

function remove(): Command {
  const command = new Command('remove')
    .description('refuse a key from now on; open sessions of the account end')
    .argument('<name>')
    .argument('<key>', 'its fingerprint, or its line')
    .addOption(keepSessionsOption());
  return addPlace(command).action(async (name: string, text: string) => {
    await withAccounts(command, async (accounts) => {
      const { authorizedKeys = [] } = await findOwn(accounts, name);
      const line = publicKeyLine(text);
      const isMeant = (each: PublicKeyLine) =>
        keyFingerprint(each) === text || (line !== undefined && keyOfLine(each) === keyOfLine(line));
      const kept = authorizedKeys.filter((each) => !isMeant(each));
      if (kept.length === authorizedKeys.length) throw new UsageError(`${name} has no such key`);
      await accounts.update(name, { authorizedKeys: kept }, command.opts<SessionsKept>());
      process.stdout.write(`The key may not sign in as ${name} any more\n`);
    });
  });
}

function heldTo(line: PublicKeyLine): string {
  const { text } = optionsOfLine(line);
  return text === '' ? '' : `, held to ${printable(text)}`;
}
