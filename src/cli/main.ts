#!/usr/bin/env node
import process from 'node:process';

// Before anything uses them. Four threads, as libuv has them, one disk that hangs would hold half of.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
// The core alone loads in every runtime, and refuses those that the rest would fail in without naming the cause.
const refusal = await import('../core/index.ts').then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error : new Error('lockport does not load here', { cause: error })),
);
if (refusal === undefined) {
  const { keepCompiledCode } = await import('./compile-cache.ts');
  keepCompiledCode();
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
} else {
  process.stderr.write(`${refusal.message}\n`);
  process.exitCode = 1;
}
