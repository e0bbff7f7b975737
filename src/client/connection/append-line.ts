import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

const LINE_FEED = 0x0a;

/**
 * Adds a line to a file of what is trusted, which is made where it is missing. It is one write at the end of the file: two
 * programs that remember at once both leave their line. A last line that lacks its end is ended first.
 */
export async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await using handle = await open(file, 'a+', 0o600);
  const { size } = await handle.stat();
  const last = size > 0 ? await handle.read(Buffer.alloc(1), 0, 1, size - 1) : undefined;
  const isEnded = last === undefined || last.buffer[0] === LINE_FEED;
  await handle.write(`${isEnded ? '' : '\n'}${line}\n`);
  await handle.sync();
}
