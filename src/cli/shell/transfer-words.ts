import { UsageError } from '../usage-error.ts';
import type { GetWords } from '../verbs/remote/get.ts';
import type { PutWords } from '../verbs/remote/put.ts';
import { localFiles } from './local-names.ts';
import type { CommandRun } from './session.ts';

/** Of `get`: where there are several words, the last is where to. */
export function getWords(words: readonly string[]): GetWords {
  return words.length > 1 ? { urls: words.slice(0, -1), local: words.at(-1) ?? '' } : { urls: words, local: './' };
}

/** Of `mget`: all are what to fetch. */
export function mgetWords(words: readonly string[]): GetWords {
  return { urls: words, local: './' };
}

/** Of `put`: where there are several words, the last is where to. */
export function putWords(words: readonly string[]): PutWords {
  const files = words.length > 1 ? words.slice(0, -1) : words;
  if (files.includes('-')) throw new UsageError('Standard input is where the commands come from');
  return { files, url: words.length > 1 ? (words.at(-1) ?? '') : './' };
}

/** Of `mput`: all are files, or patterns of their names. */
export async function mputWords(run: CommandRun, words: readonly string[]): Promise<PutWords> {
  const files = await Promise.all(words.map((text) => localFiles({ text, pattern: run.patternOf(text) })));
  return { files: files.flat(), url: './' };
}
