import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';

const ON = { LOCKPORT_TRACING_ENABLED: 'true' };

test('tracing without the package ends the start, and the message names the package', async (context) => {
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === '@opentelemetry/api') throw new Error('not found');
      return next(name, context);
    } });`;
  const environment = { ...ON, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hooks)}` };
  await assert.rejects(
    serve(context, await temporaryDirectory(context), [], { environment }),
    /tracing\.enabled needs the package @opentelemetry\/api, which is not there/,
  );
});

test('tracing without an SDK warns that spans go nowhere', async (context) => {
  const server = await serve(context, await temporaryDirectory(context), [], { environment: ON });
  await server.event(
    ({ message }) => message === 'tracing.enabled is on, but no OpenTelemetry SDK is loaded: spans go nowhere',
  );
});
