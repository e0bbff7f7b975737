import { startTestServer, storageContract } from '../testing/index.ts';
import { connect } from './client.ts';
import { alice } from './client-fixture.test.ts';
import { asStorage } from './remote-storage.ts';

storageContract(
  'a client, of our own server',
  async () => {
    const server = await startTestServer({ sessionReuse: 'require' });
    const client = await connect(alice(server, { connections: 10 }));
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
      'of many exclusive uploads to one name exactly one succeeds':
        'FTP has no command that makes a file only where there is none: between the look and the end another may come',
    },
  },
);
