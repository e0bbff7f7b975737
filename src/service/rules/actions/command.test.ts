import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleEvent } from '../../../operations/index.ts';
import { commandAction } from './command.ts';

const EVENT: RuleEvent = {
  id: 'a-1',
  kind: 'uploaded',
  at: '2026-11-30T12:00:00.000Z',
  account: 'alice',
  path: '/in/a',
};

test('a program gets the event as one whole line, so that a file of such lines is JSON Lines', async () => {
  // `read` fails at an end without a newline.
  const run = ['/bin/sh', '-c', 'read -r line && ! read -r more'];
  const action = await commandAction({ run, timeout: 30_000 }, 'tell');
  const { signal } = new AbortController();
  const openFiles = () => Promise.reject(new Error('a command has no files'));
  assert.deepEqual(await action.perform(EVENT, { signal, file: undefined, openFiles }), { detail: 'exit code 0' });
});
