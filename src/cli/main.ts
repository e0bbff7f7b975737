#!/usr/bin/env node
import process from 'node:process';
import { isNodeNewEnough, OLDEST_NODE } from './node-version.ts';

if (isNodeNewEnough(process.versions.node)) {
  // Not above: an older Node could not even load them.
  const { keepCompiledCode } = await import('./compile-cache.ts');
  keepCompiledCode();
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
} else {
  process.stderr.write(`lockport needs Node ${OLDEST_NODE} or later; this is ${process.version}\n`);
  process.exitCode = 1;
}
