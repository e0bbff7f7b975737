import process from 'node:process';
import { Command } from 'commander';
import { keyOfLine, type PublicKeyLine, printable, publicKeyLine, type SessionsKept } from '../../../core/index.ts';
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
    .argument('<key>', 'a line such as "ssh-ed25519 AAAA... comment"');
  return addPlace(command).action(async (name: string, text: string) => {
    const line = publicKeyLine(text);
    if (!line)
      throw new UsageError(`${JSON.stringify(printable(text.slice(0, 100)))} is no public key that is accepted`);
    await withAccounts(command, async (accounts) => {
      const { authorizedKeys = [] } = await findOwn(accounts, name);
      if (authorizedKeys.some((each) => keyOfLine(each) === keyOfLine(line)))
        throw new UsageError(`${name} has this key already`);
      await accounts.update(name, { authorizedKeys: [...authorizedKeys, line] });
      process.stdout.write(`${keyFingerprint(line)} may sign in as ${name} from now on\n`);
    });
  });
}

function list(): Command {
  const command = new Command('list').description('print the keys of an account').argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      const { authorizedKeys = [] } = await findOwn(accounts, name);
      process.stdout.write(authorizedKeys.map((line) => `${keyFingerprint(line)} ${nameOf(line)}\n`).join(''));
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

/** Its algorithm and its comment. */
function nameOf(line: PublicKeyLine): string {
  const [algorithm = '', , ...comment] = line.split(' ');
  return [algorithm, ...comment].join(' ');
}
