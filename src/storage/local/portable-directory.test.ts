import { realpath } from 'node:fs/promises';
import { storageContract } from '../../testing/storage-contract.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { LocalTree } from './local-tree.ts';
import { portableDirectory } from './portable-directory.ts';
import { Protection } from './protection.ts';
import { splitPath } from './steps.ts';
import { Walk } from './walk.ts';

/** What other systems than Linux use; it works here too. */
storageContract(
  'a local directory by paths alone',
  async () => {
    const temporary = await temporaryStorage();
    const directory = await portableDirectory(temporary.root);
    const walk = new Walk({
      directory,
      home: [],
      hostNames: splitPath(await realpath(temporary.root)),
      isOwned: false,
    });
    const protection = new Protection({ root: directory, durable: false, retained: [], now: Date.now });
    const settings = {
      protection,
      durable: false,
      processes: 'one',
      fileMode: 0o644,
      directoryMode: 0o755,
      since: 0,
    } as const;
    return {
      storage: new LocalTree(walk, settings),
      [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
    };
  },
  { exceptions: { 'the longest path can be used': 'the path of the root counts, and the whole would be too long' } },
);
