import { bashCompletion } from './bash.ts';
import type { CommandNode } from './command-tree.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

/** The shells whose completions can be printed, by their names. */
export const COMPLETIONS: { readonly [shell: string]: (program: CommandNode) => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export { type CommandNode, type OptionNode, treeOf } from './command-tree.ts';
