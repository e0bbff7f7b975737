import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { findTool, MissingProgram, type Tool } from '../../interop/tool.ts';

/** A real terminal with one program in it. It ends with the test. */
export class Terminal {
  readonly #tmux: Tool;
  readonly #socket: readonly string[];

  private constructor(tmux: Tool, socket: readonly string[]) {
    this.#tmux = tmux;
    this.#socket = socket;
  }

  /**
   * Runs the command in a terminal of 100 columns and 30 lines, which stays there when the command is over.
   * @throws MissingProgram where this machine has no tmux
   */
  static async start(
    context: TestContext,
    directory: string,
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<Terminal> {
    const tmux = await findTool('tmux');
    if (!tmux) throw new MissingProgram('tmux');
    // A server of its own, without anybody's settings.
    const place = await mkdtemp(join(tmpdir(), 'lockport-tmux-'));
    const terminal = new Terminal(tmux, ['-S', join(place, 'socket'), '-f', '/dev/null']);
    const variables = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    context.after(async () => {
      await terminal.#do('kill-server');
      await rm(place, { recursive: true });
    });
    const size = ['-x', '100', '-y', '30'];
    await terminal.#do('new-session', '-d', ...size, '-c', directory, ...variables, '--', ...STAYING, ...command);
    return terminal;
  }

  /** Types text, and keys by their names in tmux: `Tab`, `Enter`, `C-c`. */
  async type(text: string, ...keys: readonly string[]): Promise<void> {
    await this.#do('send-keys', '-l', '--', text);
    if (keys.length > 0) await this.#do('send-keys', ...keys);
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.#do('send-keys', ...keys);
  }

  /** What stands on the screen, once it fits. @throws where it does not come to that, with what stands there instead */
  async shows(pattern: RegExp): Promise<string> {
    let screen = '';
    for (let look = 0; look < LOOKS; look += 1) {
      screen = (await this.#do('capture-pane', '-p')).trimEnd();
      if (pattern.test(screen)) return screen;
      await wait(BETWEEN_LOOKS_MS);
    }
    throw new Error(`The terminal does not show ${String(pattern)}, but:\n${screen}`);
  }

  /** The exit code of the command, once it is over. @throws where it goes on */
  async ended(): Promise<number> {
    const [, code] = /^ended with (\d+)$/m.exec(await this.shows(/^ended with \d+$/m)) ?? [];
    return Number(code);
  }

  #do(...words: readonly string[]): Promise<string> {
    return this.#tmux.run([...this.#socket, ...words]);
  }
}

/**
 * A shell that says how the command ended, and stays. tmux 3.3 does not always hear of the end of what it runs itself. The
 * trap is for the shell alone: Ctrl-C ends what it waits for.
 */
const STAYING = ['sh', '-c', 'trap : INT; "$@"; echo "ended with $?"; read -r _', 'sh'];

const LOOKS = 200;
const BETWEEN_LOOKS_MS = 50;
