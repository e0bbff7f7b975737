import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

test('a session and its transfer are spans of the SDK that the operator brings, one below the other', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const file = join(dataDir, 'spans.jsonl');
  // What an operator loads: a provider whose exporter writes to a file.
  const sdk = `import { appendFileSync } from 'node:fs';
    import { trace } from ${JSON.stringify(import.meta.resolve('@opentelemetry/api'))};
    import { BasicTracerProvider, SimpleSpanProcessor } from ${JSON.stringify(import.meta.resolve('@opentelemetry/sdk-trace-base'))};
    const exporter = {
      export(spans, done) {
        for (const span of spans) {
          const { name, attributes, parentSpanContext } = span;
          const { spanId: id, traceId } = span.spanContext();
          appendFileSync(${JSON.stringify(file)}, JSON.stringify({ name, attributes, parent: parentSpanContext?.spanId, id, traceId }) + '\\n');
        }
        done({ code: 0 });
      },
      shutdown: async () => undefined,
    };
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));`;
  const module = join(dataDir, 'sdk.mjs');
  await writeFile(module, sdk);
  const environment = { ...ON, NODE_OPTIONS: `--import=${module}` };
  const server = await serve(context, dataDir, [], { environment });
  const { account, password } = await server.firstAccount();
  {
    await using client = await server.connect();
    await client.signIn(account, password);
    await client.upload('STOR file', 'whole');
    await client.expect(221, 'QUIT');
  }
  server.signal('SIGTERM');
  assert.equal(await server.ended(), 0);
  assert.equal(
    server.log.find(({ message }) => /spans go nowhere/.test(String(message))),
    undefined,
  );
  const spans: Span[] = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [transfer, session] = spans;
  assert.equal(spans.length, 2, JSON.stringify(spans));
  assert.equal(session?.parent, undefined);
  assert.deepEqual([transfer?.parent, transfer?.traceId], [session?.id, session?.traceId]);
  assert.match(JSON.stringify(transfer?.attributes), /"tls\.protocol\.version":"1\.3"/);
  assert.match(JSON.stringify(session?.attributes), new RegExp(account));
});

interface Span {
  readonly name: string;
  readonly attributes: object;
  readonly parent?: string;
  readonly id: string;
  readonly traceId: string;
}
