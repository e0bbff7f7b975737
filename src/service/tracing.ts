import type { Publish } from '../core/index.ts';
import type { TracingApi } from '../operations/index.ts';
import { StartError } from './start-error.ts';

/**
 * Loads OpenTelemetry's API, which is there only where the operator has installed it.
 * @throws StartError that names the package
 */
export async function loadTracing(log: Publish): Promise<TracingApi> {
  const api = await import('@opentelemetry/api').catch((cause: unknown) => {
    const message =
      'tracing.enabled needs the package @opentelemetry/api, which is not there: install it beside lockport by "npm install @opentelemetry/api", and load an SDK by NODE_OPTIONS=--import';
    throw new StartError(message, { cause });
  });
  const provider = api.trace.getTracerProvider();
  const isIdle = provider instanceof api.ProxyTracerProvider && provider.getDelegateTracer('lockport') === undefined;
  if (isIdle) {
    const message = 'tracing.enabled is on, but no OpenTelemetry SDK is loaded: spans go nowhere';
    log({ event: 'warning', message });
  }
  return api;
}
