import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseName } from '../../core/index.ts';
import { at } from '../client-fixture.test.ts';
import { hiddenPartName, isTemporaryName, isUploadName, partNames, temporaryPath } from './temporary-name.ts';

test('every name that is made is known again, and fits where the wanted one does', () => {
  for (const wanted of ['f', '.hidden', 'ü'.repeat(127), '😀'.repeat(63), 'f.lockport-0123456789ab.tmp']) {
    const upload = baseName(temporaryPath(at(`/d/${wanted}`)));
    const { part, about } = partNames(wanted);
    for (const name of [upload, hiddenPartName(), part, about]) assert.ok(isTemporaryName(name), name);
    assert.deepEqual([upload, part, about, hiddenPartName()].map(isUploadName), [true, false, false, false]);
    assert.ok(Buffer.byteLength(upload) <= 255, upload);
  }
  assert.notEqual(temporaryPath(at('/f')), temporaryPath(at('/f')));
});

test('names that others chose are not taken for ours', () => {
  for (const name of [
    'f.tmp',
    'lockport-0123456789ab.tmp',
    'f.lockport-0123456789ab.tmp.csv',
    'f.lockport-0123456789abc.tmp',
    'f.lockport-01234 6789ab.tmp',
    'f.lockport-partly',
    '.lockport-part',
    'f.part',
  ]) {
    assert.ok(!isTemporaryName(name), name);
  }
});
