import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageError } from '../../core/index.ts';
import { storageError } from './failures.ts';

const MEANINGS = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  ENOTEMPTY: 'not-empty',
  EISDIR: 'is-directory',
  ENOTDIR: 'not-directory',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ELOOP: 'denied',
  ENAMETOOLONG: 'invalid-name',
  ENOSPC: 'no-space',
  EDQUOT: 'over-quota',
  EBUSY: 'busy',
  EMFILE: 'busy',
  EXDEV: 'unsupported',
  EIO: 'io',
  ESOMETHING: 'io',
};

test('each error of the system has its meaning, and what the peer hears names no path', () => {
  for (const [code, meaning] of Object.entries(MEANINGS)) {
    const cause = Object.assign(new Error(`${code}: failed, open '/srv/secret/place'`), { code });
    const error = storageError(cause);
    assert.equal(error.code, meaning, code);
    assert.ok(!error.message.includes('/') && !error.message.includes(code), error.message);
    assert.equal(error.cause, cause);
  }
});

test('what is no error of the system is a failure of the storage, and a storage error stays what it is', () => {
  assert.equal(storageError(new TypeError('a bug')).code, 'io');
  assert.equal(storageError('thrown text').code, 'io');
  const known = new StorageError('busy', 'Busy');
  assert.equal(storageError(known), known);
});
