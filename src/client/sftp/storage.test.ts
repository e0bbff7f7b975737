import { storageContract } from '../../testing/index.ts';
import { startTestSftp } from '../../testing/running-sftp.ts';
import { connect } from '../client.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { aliceBySftp } from './sftp-fixture.test.ts';

const ONE_UPLOAD =
  'our server lets one channel of SFTP have one upload to a file open, and all sessions share a channel';
const NO_STATUS =
  'version 3 of SFTP has one status for all refusals but that of a right, and nothing else tells this one';

storageContract(
  'a client of SFTP, of our own server',
  async () => {
    const server = await startTestSftp({ symlinks: true });
    const client = await connect(aliceBySftp(server, { connections: 10 }));
    return {
      storage: asStorage(client),
      async [Symbol.asyncDispose]() {
        await client.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  {
    exceptions: {
      'of appends that are open together none is lost': ONE_UPLOAD,
      'of appends that make a file together none is lost': ONE_UPLOAD,
      'an append to a file that was removed meanwhile makes a file of what came, unless there must be one': ONE_UPLOAD,
      'an append that was to make a file is refused where another has made it meanwhile': ONE_UPLOAD,
      'of an append to a file that was removed meanwhile nothing is kept when it is interrupted': ONE_UPLOAD,
      'a restart on a file that an append has changed meanwhile is refused, and what was appended stays': ONE_UPLOAD,
      'a restart on a published file that is not committed changes nothing':
        'SFTP ends a file that is open by CLOSE alone, which publishes what was written to it',
      'a directory that an upload goes to stays until the upload has ended': NO_STATUS,
      'a file that is renamed onto itself, through a link to its directory, stays':
        'nothing in SFTP tells that two paths are those of one file: the file stays, and counts as replaced',
    },
  },
);
