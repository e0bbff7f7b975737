import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { COMPLETIONS, treeOf } from '../../src/cli/completion/index.ts';
import { makeProgram } from '../../src/cli/make-program.ts';
import { VERBS } from '../../src/cli/verbs/index.ts';
import { type Tool, testWith } from '../interop/tool.ts';

/** What each shell offers at the end of a command line. The file of the completions and the words of that line come as arguments. */
const SHELLS: { readonly [shell: string]: { readonly start: readonly string[]; readonly ask: string } } = {
  bash: {
    start: ['--norc', '-c'],
    ask: `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lockport; printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  // zsh completes at a terminal alone, so what it would show is printed.
  zsh: {
    start: ['-fc'],
    ask: `compdef() { :; }; _files() { :; }; compadd() { print -rl -- "\${(@P)2}"; }
      _describe() { print -rl -- "\${(@)\${(@P)4}%%:*}"; }
      . "$0"; words=("$@"); CURRENT=$#; PREFIX=$words[-1]; _lockport`,
  },
  fish: {
    start: ['--no-config', '-c'],
    ask: 'source $argv[1]; complete -C "$argv[2..]" | string split -f 1 \\t',
  },
};

let directory: string;

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lockport-completion-'));
  const program = treeOf(await makeProgram('lockport 0', VERBS));
  for (const [shell, complete] of Object.entries(COMPLETIONS)) {
    await writeFile(path.join(directory, shell), complete(program));
  }
});
after(() => rm(directory, { recursive: true }));

for (const [shell, { start, ask }] of Object.entries(SHELLS)) {
  describe(`The completions of ${shell}`, () => {
    async function offered(tool: Tool, ...words: readonly string[]): Promise<readonly string[]> {
      const environment = { HOME: directory };
      const output = await tool.run([...start, ask, path.join(directory, shell), ...words], '', environment);
      return output.split('\n').filter((line) => line !== '');
    }

    testWith(shell, 'offer the verbs', async (tool) => {
      const verbs = await offered(tool, 'lockport', '');
      for (const verb of ['sync', 'serve', 'user']) assert.ok(verbs.includes(verb), verb);
    });

    testWith(shell, 'offer the verbs below a verb', async (tool) => {
      const verbs = await offered(tool, 'lockport', 'user', '');
      assert.ok(verbs.includes('recount'));
      assert.ok(!verbs.includes('sync'));
    });

    testWith(shell, 'offer the flags of that command', async (tool) => {
      const flags = await offered(tool, 'lockport', 'user', 'add', '--quota');
      assert.ok(flags.includes('--quota-bytes'));
      assert.ok(!flags.includes('--stall-timeout'));
    });

    testWith(shell, 'offer the values of a flag', async (tool) => {
      const values = await offered(tool, 'lockport', 'user', 'add', 'ben', '--certificate', '');
      for (const value of ['none', 'with-password', 'instead-of-password']) assert.ok(values.includes(value), value);
      assert.ok(!values.includes('--certificate'));
    });

    testWith(shell, 'take no value of a flag for a verb', async (tool) => {
      const flags = await offered(tool, 'lockport', 'serve', '--config', 'user', '--exp');
      assert.ok(flags.includes('--explicit-port'));
    });
  });
}
