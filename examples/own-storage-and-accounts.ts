// An FTPS server with one's own accounts, storage and log; for Node 24 or later, in a package of type module.
// Run: node own-storage-and-accounts.ts CERTIFICATE.pem KEY.pem [PORT]; in a clone: npx node --conditions=lockport-source
import { readFile } from 'node:fs/promises';
import { type Authenticator, publisher, ROOT } from 'lockport/core';
import { accountFiles, QuotaCounters } from 'lockport/files';
import { account, createGatekeeper } from 'lockport/identity';
import { createRateLimiter, createServer } from 'lockport/server';
import { memoryStorage } from 'lockport/storage';

const [certificateFile = '', keyFile = '', port = '2121'] = process.argv.slice(2);
const authenticator: Authenticator = {
  async authenticate(user, credentials) {
    const isRight = user === 'press' && credentials.kind === 'password' && credentials.password === 'print-it-tonight';
    if (!isRight) return { refused: 'credentials', message: 'Wrong user name or password' };
    return account(user, { rights: [{ path: ROOT, rights: ['list', 'download', 'upload'] }] });
  },
};
const publish = publisher((event) => {
  if (event.event !== 'transfer.finished') return;
  console.log(`${event.verb} ${event.path}: ${event.outcome}, ${event.bytes} bytes`);
});
const storage = memoryStorage({ maxBytes: 64 * 1024 * 1024 });
const counters = new QuotaCounters(storage);
const mounts = [{ at: ROOT, storage }];
await using server = createServer({
  listeners: [{ mode: 'explicit', port: Number(port), address: '127.0.0.1' }],
  tls: {
    certificates: [{ certificate: await readFile(certificateFile, 'utf8'), key: await readFile(keyFile, 'utf8') }],
  },
  gatekeeper: createGatekeeper({
    authenticator,
    openFiles: async (account) => accountFiles({ mounts, account, counters, onChange: () => undefined }),
    makeRateLimiter: createRateLimiter,
    publish,
  }),
  publish,
});
console.log(`listening on port ${(await server.listen())[0]?.port}`);
await new Promise((resolve) => process.once('SIGTERM', resolve));
