import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { shellWord } from './shell-word.ts';

/**
 * The command line, for people to paste, that carries out `words` on the same server as `command`: with the flags of
 * the place that were given.
 */
export function commandLine(words: string, command: Command): string {
  const { dataDir, config } = command.opts<{ readonly dataDir?: string; readonly config?: string }>();
  return [
    program(),
    words,
    ...(dataDir === undefined ? [] : ['--data-dir', shellWord(dataDir)]),
    ...(config === undefined ? [] : ['--config', shellWord(config)]),
  ].join(' ');
}

/**
 * The command line of `words` with one more flag behind its verb, for people to paste, in place of the same flag if it is
 * there; passwords in URLs are left out.
 * @param flag its name, and its value where it takes one; empty for none
 */
export function commandLineWith(flag: readonly string[], words: readonly string[]): string {
  const [verb = '', ...rest] = words;
  return [program(), verb, ...[...flag, ...without(flag, rest).map(withoutPassword)].map(shellWord)].join(' ');
}

/** What stands behind `--` is no flag, whatever it looks like. */
function without([name, value]: readonly string[], words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const [index, word] of words.entries()) {
    if (word === '--') return [...kept, ...words.slice(index)];
    const isFlag = word === name || (value !== undefined && word.startsWith(`${name}=`));
    const isValue = value !== undefined && words[index - 1] === name;
    if (!isFlag && !isValue) kept.push(word);
  }
  return kept;
}

function withoutPassword(word: string): string {
  return word.replace(/^([a-z]+:\/\/[^/:@]*):[^/]*@/i, '$1@');
}

/** In a clone, bin/lockport, which lies beside the source and the bundle; the package has none, and goes by its name. */
export function program(): string {
  const launcher = fileURLToPath(new URL('../../bin/lockport', import.meta.url));
  if (!existsSync(launcher)) return 'lockport';
  const relative = path.relative(process.cwd(), launcher);
  return shellWord(relative.startsWith('..') ? launcher : `./${relative}`);
}
