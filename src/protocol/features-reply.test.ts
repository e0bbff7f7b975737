import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFeatures } from './features-reply.ts';
import { reply } from './reply.ts';

const features = (...within: string[]) =>
  Object.fromEntries(parseFeatures({ code: 211, lines: ['Features:', ...within, 'End'] }));

test('each line is a name, in upper case, and its parameters', () => {
  assert.deepEqual(features(' UTF8', ' rest STREAM', ' MLST type*;size*;', '  MDTM  ', ' HASH SHA-256*;SHA-1'), {
    UTF8: '',
    REST: 'STREAM',
    MLST: 'type*;size*;',
    MDTM: '',
    HASH: 'SHA-256*;SHA-1',
  });
});

test('several lines of one name are joined', () => {
  assert.deepEqual(features(' AUTH SSL', ' AUTH TLS'), { AUTH: 'SSL;TLS' });
  assert.deepEqual(features(' AUTH TLS;', ' auth SSL', ' AUTH'), { AUTH: 'TLS;SSL' });
  assert.deepEqual(features(' LANG', ' LANG EN*'), { LANG: 'EN*' });
});

test('lines that did not begin with a space, and empty ones, do no harm', () => {
  assert.deepEqual(features('SIZE', '', '  '), { SIZE: '' });
});

test('a server without features has none', () => {
  assert.equal(parseFeatures(reply(211, 'No features')).size, 0);
  assert.equal(parseFeatures(reply(502, 'Not implemented')).size, 0);
  assert.equal(parseFeatures({ code: 500, lines: ['a', ' SIZE', 'b'] }).size, 0);
});
