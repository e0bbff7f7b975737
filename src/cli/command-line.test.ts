import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLineWith, program } from './command-line.ts';

const TABLE: readonly (readonly [flag: readonly string[], given: string, advice: string])[] = [
  [['--ca', 'FILE'], 'ls ftpes://h/', 'ls --ca FILE ftpes://h/'],
  [['--ca', 'FILE'], 'ls --ca old.pem ftpes://h/', 'ls --ca FILE ftpes://h/'],
  [['--ca', 'FILE'], 'ls ftpes://h/ --ca=old.pem --long', 'ls --ca FILE ftpes://h/ --long'],
  [['--ca', 'FILE'], 'put --ca old.pem old.pem ftpes://h/', 'put --ca FILE old.pem ftpes://h/'],
  [['--ca', 'FILE'], 'put ftpes://h/ -- --ca x', 'put --ca FILE ftpes://h/ -- --ca x'],
  [['--trust-on-first-use'], 'ls --trust-on-first-use --ca a b:', 'ls --trust-on-first-use --ca a b:'],
  [['--pin', 'sha256//a='], 'get --pin x me:a b', "get --pin 'sha256//a=' me:a b"],
  [[], 'get --resume ftpes://me:secret@h/a', 'get --resume ftpes://me@h/a'],
];

for (const [flag, given, advice] of TABLE) {
  test(`${given} with ${flag.join(' ') || 'nothing more'} is ${advice}`, () => {
    assert.equal(
      commandLineWith(flag, given.split(' ')).replaceAll("'", '').replace(program(), ''),
      ` ${advice.replaceAll("'", '')}`,
    );
  });
}

test('words that a shell would read otherwise are quoted', () => {
  const line = commandLineWith(['--pin', 'sha256//a+b='], ['get', 'h:a b', "it's"]);
  assert.ok(line.endsWith(`get --pin 'sha256//a+b=' 'h:a b' 'it'\\''s'`), line);
});
