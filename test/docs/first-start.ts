import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const LOCKPORT = fileURLToPath(new URL('../../bin/lockport', import.meta.url));

/** A server as a reader of the documents has it after the quick start. */
export interface FirstStart extends AsyncDisposable {
  /** The directory that it was started in: `./bin/lockport` and `lockport-data/` are there. */
  readonly directory: string;
  readonly explicitPort: number;
  readonly implicitPort: number;
  /** Of the account `admin`. */
  readonly password: string;
}

/** Starts `lockport serve` for the first time in a directory of its own, on free ports. */
export async function firstStart(): Promise<FirstStart> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-docs-'));
  await mkdir(join(directory, 'bin'));
  await symlink(LOCKPORT, join(directory, 'bin/lockport'));
  const flags = ['--explicit-port', '0', '--implicit-port', '0', '--log', 'json'];
  const child = spawn(LOCKPORT, ['serve', ...flags], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [log, told] = [jsonLines(child.stdout), jsonLines(child.stderr)];
  try {
    const listening = (mode: string) => log((record) => record['event'] === 'listening' && record['mode'] === mode);
    const [explicit, implicit, first] = await Promise.all([
      listening('explicit'),
      listening('implicit'),
      told((record) => record['event'] === 'first-account'),
    ]);
    return {
      directory,
      explicitPort: Number(explicit['port']),
      implicitPort: Number(implicit['port']),
      password: String(first['password']),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }

  async function end(): Promise<void> {
    child.kill('SIGTERM');
    await closed;
    await rm(directory, { recursive: true });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a stream of JSON lines to its end; gives the first record that fits, and rejects where none does. */
function jsonLines(stream: Readable): (fits: (record: Fields) => boolean) => Promise<Fields> {
  const lines: string[] = [];
  const reader = createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const ended = once(reader, 'close');
  return async (fits) => {
    for (;;) {
      const found = lines.map((line): Fields => JSON.parse(line)).find(fits);
      if (found) return found;
      const isOver = await Promise.race([once(reader, 'line').then(() => false), ended.then(() => true)]);
      if (isOver) throw new Error(`The server ended early:\n${lines.join('\n')}`);
    }
  };
}
