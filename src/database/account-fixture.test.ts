import { type Account, ROOT } from '../core/index.ts';

export const ALICE: Account = {
  name: 'alice',
  home: ROOT,
  rights: [],
  quota: {},
  rate: {},
  allowedAddresses: [],
  disabled: false,
  certificate: { use: 'none', fingerprints: [] },
  mounts: [],
  authorizedKeys: [],
  ftp: {},
};
