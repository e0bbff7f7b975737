import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { generatePassword, policyRefusal, StrengthUnknownError } from '../identity/index.ts';
import type { Configuration } from '../service/index.ts';
import { askHidden, type Terminal } from './hidden-answer.ts';
import { UsageError } from './usage-error.ts';

/** A password that the policy allows, and how it was found. */
export interface NewPassword {
  readonly password: string;
  /** The text that shows a generated one, this once; empty for any other. */
  readonly shown: string;
}

/** @param flag that of a generated password: `--generate-password` where other things are made too, else `--generate` */
export function addPasswordFlags(command: Command, flag: '--generate' | '--generate-password'): Command {
  return command
    .option('--must-change', 'its holder must change it before anything else (passwords.changeAfterReset: always)')
    .option('--password-stdin', 'take the password from standard input')
    .addOption(new Option(flag, 'make a strong password and print it, this once').conflicts('passwordStdin'));
}

/**
 * A new password: generated, from standard input up to its first line feed, or typed twice at a terminal, which does not show it.
 * @param refusalOf what is wrong with a password, as a sentence
 * @throws UsageError where there is none of these, or where it may not be one.
 */
export async function readNewPassword(
  {
    passwordStdin = false,
    generate = false,
  }: { readonly passwordStdin: boolean | undefined; readonly generate: boolean | undefined },
  { passwords }: Pick<Configuration, 'passwords'>,
  terminal: Terminal,
  refusalOf: (password: string) => Promise<string | undefined>,
): Promise<NewPassword> {
  if (generate) {
    const password = generatePassword(passwords.minLength);
    return { password, shown: `Its password, which is not shown again: ${password}\n` };
  }
  const password = passwordStdin ? firstLine(await text(terminal.stdin)) : await askTwice(terminal);
  const refusal = await refusalOf(password);
  if (refusal !== undefined) throw new UsageError(refusal);
  return { password, shown: '' };
}

/** What the rules of passwords say against one for this account. */
export async function refusalByPolicy(
  password: string,
  { passwords }: Pick<Configuration, 'passwords'>,
  account: string,
  hashes: readonly string[],
): Promise<string | undefined> {
  try {
    return await policyRefusal(password, passwords, account, hashes);
  } catch (error) {
    if (error instanceof StrengthUnknownError) return error.message;
    throw error;
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/**
 * Asks for a new password, twice.
 * @param otherwise how it is given without a terminal
 * @throws UsageError where there is no terminal, or the two differ
 */
export async function askTwice(
  terminal: Terminal,
  otherwise = 'pipe it in, and add --password-stdin',
): Promise<string> {
  if (!terminal.stdin.isTTY) {
    throw new UsageError(`No terminal to ask for the password: ${otherwise}`);
  }
  const password = await askHidden('New password: ', terminal);
  if ((await askHidden('Again: ', terminal)) !== password)
    throw new UsageError('The two passwords differ; nothing was changed');
  return password;
}
