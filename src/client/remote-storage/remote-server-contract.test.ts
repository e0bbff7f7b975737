import { refusingLinks } from '../../files/index.ts';
import { startTestServer, storageContract } from '../../testing/index.ts';
import { startTestSftp } from '../../testing/running-sftp.ts';
import { alice } from '../client-fixture.test.ts';
import { aliceBySftp } from '../sftp/sftp-fixture.test.ts';
import { ListingCache } from './listing-cache.ts';
import { RemoteServer, type RemoteServerOptions } from './remote-server.ts';

const NO_EXCLUSIVE = {
  'of many exclusive uploads to one name exactly one succeeds':
    'neither protocol has a command that a server carries out only where there is no such file: between the look and the end another may come',
};

const IN_PLACE =
  'a server of SFTP shows an upload that goes on with a file while it is written, and nothing takes such a one back';
const ONE_WRITER = 'our server of SFTP lets one at a time write to a file';
const BY_SFTP = {
  ...NO_EXCLUSIVE,
  'an upload never replaces a directory': 'the upload goes to a name of its own, and is refused when it is committed',
  'a directory that an upload goes to stays until the upload has ended':
    'it stays because of the temporary file in it, and so is not empty',
  'a replaced file keeps its permission bits': 'a new file takes its place, with the permission bits of new files',
  'a restart on a published file that is not committed changes nothing': IN_PLACE,
  'of appends that are open together none is lost': ONE_WRITER,
  'of appends that make a file together none is lost': ONE_WRITER,
  'an append to a file that was removed meanwhile makes a file of what came, unless there must be one': ONE_WRITER,
  'an append that was to make a file is refused where another has made it meanwhile': ONE_WRITER,
  'of an append to a file that was removed meanwhile nothing is kept when it is interrupted': ONE_WRITER,
  'a restart on a file that an append has changed meanwhile is refused, and what was appended stays': ONE_WRITER,
};

async function mountOf(server: AsyncDisposable, options: RemoteServerOptions) {
  const remote = new RemoteServer({ ...options, connections: 12 });
  await remote.check();
  const cache = new ListingCache({ keepMs: 60_000, looksByListing: options.security !== 'ssh' });
  return {
    storage: refusingLinks(cache.over(remote.storage())),
    async [Symbol.asyncDispose]() {
      await remote[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

storageContract(
  'a server of FTPS as a mount',
  async () => {
    const server = await startTestServer({ sessionReuse: 'require' });
    return mountOf(server, alice(server));
  },
  { exceptions: NO_EXCLUSIVE },
);

storageContract(
  'a server of SFTP as a mount',
  async () => {
    const server = await startTestSftp({});
    return mountOf(server, aliceBySftp(server));
  },
  { exceptions: BY_SFTP },
);
