import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { asStorage, connect } from '../../../src/client/index.ts';
import { storageContract } from '../../../src/testing/index.ts';
import { type Sshd, startSshd } from '../servers/sshd.ts';
import { MissingProgram } from '../tool.ts';
import { below } from './below.ts';

const NO_DIRECTORY = 'OpenSSH says of a path through a file that there is no such file';
const AT_ONCE = 'OpenSSH writes where the file stands: what is added is seen at once, and stays';
const NOT_CONFINED = 'OpenSSH follows links wherever they lead: it confines by chroot(2) alone';

const EXCEPTIONS = {
  'an upload needs a directory to go to': NO_DIRECTORY,
  'only files can be read': NO_DIRECTORY,
  'names alone are those of the listing': NO_DIRECTORY,
  'only directories can be listed': NO_DIRECTORY,
  'a directory is made once, in one that exists': NO_DIRECTORY,
  'only empty directories can be removed, and never the root': NO_DIRECTORY,
  'a rename needs an entry and a directory to go to': NO_DIRECTORY,
  'removing and renaming act on the link itself': NO_DIRECTORY,
  'links in a circle end in a refusal': 'OpenSSH says of links in a circle that there is no such file',
  'an append to a published file is seen at its commit': AT_ONCE,
  'a restart on a published file that is not committed changes nothing': AT_ONCE,
  'of appends that are open together none is lost': AT_ONCE,
  'of appends that make a file together none is lost': AT_ONCE,
  'an append goes behind the file that has replaced the one it began with': AT_ONCE,
  'an append to a file that was removed meanwhile makes a file of what came, unless there must be one': AT_ONCE,
  'a restart on a file that an append has changed meanwhile is refused, and what was appended stays': AT_ONCE,
  'an append never replaces a link that has taken the place of its file meanwhile': AT_ONCE,
  'a directory that an upload goes to stays until the upload has ended':
    'version 3 of SFTP has one status for all refusals but that of a right',
  'the longest path can be used': 'the storage is seen from a directory below the root, which every path is longer by',
  'an absolute link begins at the root': NOT_CONFINED,
  'a link that would lead outside is refused': NOT_CONFINED,
  'a link that is moved so that it leads outside stops at the root': NOT_CONFINED,
  'a file that is renamed onto itself, through a link to its directory, stays':
    'nothing in SFTP tells that two paths are those of one file: the file stays, and counts as replaced',
};

async function found(): Promise<Sshd | MissingProgram> {
  try {
    return await startSshd();
  } catch (error) {
    if (!(error instanceof MissingProgram) || process.env['CI'] === 'true') throw error;
    return error;
  }
}

const server = await found();
if (server instanceof MissingProgram) test('the storage contract against OpenSSH', { skip: server.message });
else {
  after(() => server[Symbol.asyncDispose]());
  keepContract(server);
}

function keepContract(sshd: Sshd): void {
  const { port, user, privateKey, root } = sshd;
  storageContract(
    'a client of SFTP, of OpenSSH',
    async () => {
      const directory = await mkdtemp(join(root, 'storage-'));
      await sshd.handOver();
      const ssh = { insecure: true, keys: [{ key: privateKey }] };
      const client = await connect({ host: '127.0.0.1', port, security: 'ssh', user, ssh, connections: 10 });
      return {
        storage: below(asStorage(client), client.resolve(basename(directory))),
        async [Symbol.asyncDispose]() {
          await client.close();
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
    { exceptions: EXCEPTIONS },
  );
}
