#!/usr/bin/env node
import { versionLine } from './version-line.ts';

const words = process.argv.slice(2);
// Scripts ask for this often. It needs nothing that takes time to load.
const isAnswered = words.length === 1 && words[0] === '--version' && isVersionWritten();
if (!isAnswered) process.exitCode = await carryOut();

/**
 * Without the stream of standard output, which takes longer to make than all the rest. False where nothing could be written at
 * once, or on a Node that is too old.
 */
function isVersionWritten(): boolean {
  try {
    return process.getBuiltinModule('node:fs').writeSync(1, `${versionLine()}\n`) > 0;
  } catch {
    return false;
  }
}

async function carryOut(): Promise<number> {
  // Before anything uses them. Four threads, as libuv has them, one disk that hangs would hold half of.
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  const { keepCompiledCode } = await import('./compile-cache.ts');
  // Only what is loaded after this is kept.
  keepCompiledCode();
  // The core alone loads in every runtime, and refuses those that the rest would fail in without naming the cause.
  const refusal = await import('../core/index.ts').then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error('lockport does not load here', { cause: error })),
  );
  if (refusal !== undefined) {
    process.stderr.write(`${refusal.message}\n`);
    return 1;
  }
  const { run } = await import('./run.ts');
  return run(words, versionLine());
}
