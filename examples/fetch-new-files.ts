// Fetches what is new on a partner's server, checks it, and moves it away there; for Node 24 or later.
// Run: node fetch-new-files.ts ftpes://user@host/outbox DIRECTORY [CA.pem]; in a clone: npx node --conditions=lockport-source
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError, connect } from 'lockport/client';

const [url = '', directory = '.', caFile] = process.argv.slice(2);

try {
  await using client = await connect(url, {
    password: process.env.FTP_PASSWORD ?? '',
    sessionReuse: 'require',
    ...(caFile !== undefined && { tls: { ca: await readFile(caFile, 'utf8') } }),
  });
  await client.makeDirectory('done', { recursive: true });
  for await (const { name, kind } of client.list()) {
    if (kind !== 'file' || !name.endsWith('.csv')) continue;
    // The file appears under its name when all of it is there; a broken one goes on where it stopped.
    const { bytes, verified } = await client.download(name, join(directory, name), {
      resume: true,
      checksum: 'prefer',
    });
    await client.rename(name, `done/${name}`);
    console.log(`${name}: ${bytes} bytes, compared by ${verified}`);
  }
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  // Try again later, or tell somebody: the server will not change its mind by itself.
  process.exitCode = error.retryable ? 75 : 1;
}
