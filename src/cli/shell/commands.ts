import type { Command } from 'commander';
import type { MakeVerb } from '../remote/remote-run.ts';
import { cat } from '../verbs/remote/cat.ts';
import { chmod } from '../verbs/remote/chmod.ts';
import { get } from '../verbs/remote/get.ts';
import { hash } from '../verbs/remote/hash.ts';
import { ls } from '../verbs/remote/ls.ts';
import { mkdir } from '../verbs/remote/mkdir.ts';
import { mv } from '../verbs/remote/mv.ts';
import { put } from '../verbs/remote/put.ts';
import { rm } from '../verbs/remote/rm.ts';
import { rmdir } from '../verbs/remote/rmdir.ts';
import { stat } from '../verbs/remote/stat.ts';
import type { WordKind } from './completion.ts';
import { cd, exit, lcd, lls, lpwd, pwd, type Scene, site } from './own-commands.ts';
import { getWords, mgetWords, mputWords, putWords } from './transfer-words.ts';

/** A command of the shell. */
export interface ShellCommand {
  /** Its words, as the help shows them. */
  readonly usage: string;
  /** What its words stand for, of which the last repeats. */
  readonly kinds: readonly WordKind[];
  readonly make: (scene: Scene, make: MakeVerb) => Command;
}

/** Every command of the shell but `help`, in the order of its help. */
export const SHELL_COMMANDS: { readonly [name: string]: ShellCommand } = {
  ls: { usage: '[options] [directory | pattern]', kinds: ['remote'], make: (_, make) => here(ls(make)) },
  cd: { usage: '[directory]', kinds: ['remote-directory'], make: cd },
  pwd: { usage: '', kinds: [], make: pwd },
  get: {
    usage: '[options] <file...> [local file | local directory/]',
    kinds: ['remote', 'local'],
    make: (_, make) => get(make, getWords),
  },
  mget: {
    usage: '[options] <file | pattern...>',
    kinds: ['remote'],
    make: (_, make) => get(make, mgetWords).name('mget').description('fetch files into the directory here'),
  },
  put: {
    usage: '[options] <local file...> [file | directory/]',
    kinds: ['local', 'remote'],
    make: (_, make) => put(make, putWords),
  },
  mput: {
    usage: '[options] <local file | pattern...>',
    kinds: ['local'],
    make: ({ run }, make) =>
      put(make, (words) => mputWords(run, words))
        .name('mput')
        .description('store files in the directory of the server'),
  },
  cat: { usage: '<file...>', kinds: ['remote'], make: (_, make) => cat(make) },
  rm: { usage: '[options] <path | pattern...>', kinds: ['remote'], make: (_, make) => rm(make) },
  mv: { usage: '<path> <new path | directory/>', kinds: ['remote'], make: (_, make) => mv(make) },
  mkdir: { usage: '[options] <directory...>', kinds: ['remote-directory'], make: (_, make) => mkdir(make) },
  rmdir: { usage: '<directory...>', kinds: ['remote-directory'], make: (_, make) => rmdir(make) },
  stat: { usage: '<path>', kinds: ['remote'], make: (_, make) => stat(make) },
  hash: { usage: '[options] <file...>', kinds: ['remote'], make: (_, make) => hash(make) },
  chmod: { usage: '<mode> <path...>', kinds: ['remote'], make: (_, make) => chmod(make) },
  site: { usage: '<command...>', kinds: [], make: site },
  lcd: { usage: '[local directory]', kinds: ['local-directory'], make: lcd },
  lls: { usage: '[local directory]', kinds: ['local-directory'], make: lls },
  lpwd: { usage: '', kinds: [], make: lpwd },
  exit: { usage: '', kinds: [], make: exit },
};

/** Its first word may be left out: the directory that one is in. */
function here(command: Command): Command {
  command.registeredArguments[0]?.argOptional().default('.');
  return command;
}
