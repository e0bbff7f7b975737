import type { RawClient } from '../src/testing/raw-client.ts';

/** The address that the answer to PASV names. */
export async function pasvHost(client: RawClient): Promise<string> {
  const { lines } = await client.expect(227, 'PASV');
  return (
    /\((\d+),(\d+),(\d+),(\d+),/
      .exec(lines[0] ?? '')
      ?.slice(1)
      .join('.') ?? ''
  );
}
