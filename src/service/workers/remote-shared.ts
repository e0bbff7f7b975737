import { isRefusal, type Pace } from '../../core/index.ts';
import type { Doorkeeper } from '../../identity/index.ts';
import type { Places } from '../../server/index.ts';
import type { QuotaBook } from '../../storage/index.ts';
import type { Shared } from '../shared.ts';
import type { Caller } from './caller.ts';

/** What all sessions share, as a worker has it: the primary process keeps it, and is asked. */
export function remoteShared(primary: Caller): Shared {
  return { door: doorOf(primary), digests: digestsOf(primary), bookOf: (key) => bookOf(primary, key) };
}

function doorOf(primary: Caller): Doorkeeper {
  return {
    // Asked at the entrance, which is in the primary.
    welcome: () => undefined,

    async admit(user, credentials, peer, signal) {
      const admitted = await primary.ask('admit', { user, credentials, peer }, signal);
      if (isRefusal(admitted)) return admitted;
      const { admission, account, paced } = admitted;
      const paceOf = (direction: 'upload' | 'download'): Pace => ({
        take: (bytes, signal) => primary.ask('pay', { admission, direction, bytes }, signal),
      });
      return {
        account,
        paces: {
          ...(paced.upload && { upload: paceOf('upload') }),
          ...(paced.download && { download: paceOf('download') }),
        },
        release: () => primary.tell('release', { admission }),
      };
    },
  };
}

function digestsOf(primary: Caller): Places {
  return {
    async take(key, places) {
      const hash = await primary.ask('hash', { key, places });
      return hash === undefined ? undefined : () => primary.tell('hashed', { hash });
    },
  };
}

function bookOf(primary: Caller, account: string): QuotaBook {
  return {
    setQuota: (quota) => primary.tell('setQuota', { account, quota }),
    async begin() {
      const { turn, isCounted } = await primary.ask('begin', { account });
      return {
        isCounted,
        counted: (files) => primary.tell('counted', { turn, files }),
        end: () => primary.tell('endTurn', { turn }),
      };
    },
    take: (reservation, more) => primary.ask('take', { account, reservation, more }),
    claim: (reservation, files) => primary.tell('claim', { account, reservation, files }),
    settle: (reservation, change) => primary.tell('settle', { account, reservation, change }),
    narrow: (space) => primary.ask('narrow', { account, space }),
  };
}
