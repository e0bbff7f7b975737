// Sends files over four connections, with progress; for Node 24 or later.
// Run: node send-in-parallel.ts ftpes://user@host/inbox CA.pem FILE...; in a clone: npx node --conditions=lockport-source
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { connect } from 'lockport/client';

const [url = '', caFile = '', ...files] = process.argv.slice(2);

await using client = await connect(url, {
  password: process.env.FTP_PASSWORD ?? '',
  connections: 4,
  tls: { ca: await readFile(caFile, 'utf8') },
});

// Calls queue: as many run at once as there are connections.
const sent = await Promise.allSettled(
  files.map((file) =>
    client.upload(file, basename(file), {
      keepTime: true,
      onProgress: ({ path, bytes, total = 0 }) => console.log(`${path}: ${bytes} of ${total}`),
    }),
  ),
);

for (const [index, { status }] of sent.entries()) console.log(`${files[index]}: ${status}`);
if (sent.some(({ status }) => status === 'rejected')) process.exitCode = 1;
