import { readdir } from 'node:fs/promises';
import type { RawClient } from '../../src/testing/raw-client.ts';

/** An upload; its final reply as one line of text, whatever it is. */
export async function outcome(client: RawClient, command: string, bytes: Uint8Array | string): Promise<string> {
  await using data = await client.data(await client.passive());
  await client.expect(150, command);
  await data.send(Buffer.from(bytes));
  return (await client.reply()).lines.join(' ');
}

/** What lies in the root of a server, temporary files included, in the order of the names. */
export async function entriesOf(root: string): Promise<readonly string[]> {
  return (await readdir(root)).filter((name) => !name.startsWith('.lockport-lock')).toSorted();
}
