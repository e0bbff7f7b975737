import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '../../core/index.ts';
import { fromPortable, portable } from './portable-event.ts';

const AT = { at: 5, seq: 1 };
const OF = { session: 's1', protocol: 'ftp', address: '192.0.2.1' } as const;

test('an error keeps its name, message, code and stack on the way to another process', () => {
  const error = Object.assign(new TypeError('no medium'), { code: 'EIO', cause: () => 'not to be copied' });
  const event: ServerEvent = { event: 'failure', verb: 'LIST', error, ...OF, ...AT };
  const copy = fromPortable(structuredClone(portable(event)));
  assert.ok(copy.event === 'failure' && copy.error instanceof Error);
  const { name, message, stack } = copy.error;
  assert.deepEqual({ name, message, stack }, { name: 'TypeError', message: 'no medium', stack: error.stack });
  assert.equal((copy.error as NodeJS.ErrnoException).code, 'EIO');
});

test('whatever was thrown can travel, and all else stays as it is', () => {
  const thrown: ServerEvent = { event: 'failure', error: Symbol('odd'), ...OF, ...AT };
  const copy = fromPortable(structuredClone(portable(thrown)));
  assert.ok(copy.event === 'failure' && copy.error instanceof Error && copy.error.message === 'Symbol(odd)');
  const plain: ServerEvent = { event: 'warning', message: 'no error', ...AT };
  assert.deepEqual(fromPortable(structuredClone(portable(plain))), plain);
});
