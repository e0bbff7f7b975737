import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from '../clients/client.ts';

const program = fileURLToPath(new URL('delay-line.py', import.meta.url));

/** What those at the far end of a line know of it. */
export interface FarEnd {
  readonly roundTripMs: number;
  /** The command, run at the near end. */
  near(command: Command): Command;
}

/** The two ends of a line with a delay. */
export interface Link extends FarEnd, AsyncDisposable {
  /** The command, run at the far end. */
  far(words: readonly string[]): readonly string[];
}

/** Why there can be no such line here; undefined where there can. */
export async function whyNoLink(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const hasTun = await access('/dev/net/tun', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return hasTun ? undefined : 'there is no /dev/net/tun';
}

/** Of the far end, as it is seen from the near one. */
export const farAddress = '10.99.0.2';

/** Names of devices have 15 characters at the most. */
let count = 0;

/** @throws where it can't be made */
export async function startLink(roundTripMs: number, mtu: number): Promise<Link> {
  count += 1;
  const name = `lp${process.pid % 100_000}${String.fromCharCode(96 + count)}`;
  // Not a descendant that a shell's Ctrl-C reaches: it ends with its standard input, when all is taken down.
  const line = spawn('python3', [program, name, String(roundTripMs), String(mtu)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(line, 'close');
  const said = await Promise.race([once(line.stdout, 'data'), ended.then(() => undefined)]);
  if (said === undefined) throw new Error('The delay line did not start');
  const inside = (end: string, words: readonly string[]) => ['ip', 'netns', 'exec', `${name}-${end}`, ...words];
  return {
    roundTripMs,
    near: ({ words, ...rest }) => ({ ...rest, words: inside('near', words) }),
    far: (words) => inside('far', words),
    async [Symbol.asyncDispose]() {
      line.stdin.end();
      await ended;
    },
  };
}
