import { z } from 'zod';
import { isInNetwork } from '../../core/index.ts';
import { filePath, flag, listOf, section, text, whole } from './fields.ts';

const ON_OR_OFF = 'true or false';

/** The port of Prometheus' exporters that OpenTelemetry has chosen, too. */
const METRICS_PORT = 9464;

/** What is served over HTTP for monitoring. */
export const metricsField = section({
  enabled: z
    .boolean(ON_OR_OFF)
    .optional()
    .describe('Serve /metrics, /healthz and /readyz over HTTP (default: if metrics.port is given)'),
  address: text('IP address to listen on; any but a loopback one demands a token or client certificates').default(
    '127.0.0.1',
  ),
  port: whole(0, 65_535, `Port; 0 takes any free one (default: ${METRICS_PORT})`).optional(),
  tokenFile: filePath(
    'File with the token that /metrics demands (Authorization: Bearer), 16 characters or more',
  ).optional(),
  tls: section({
    certificate: filePath('Certificate, then its intermediates (PEM); with it, only HTTPS is served').optional(),
    key: filePath('Its private key (PEM)').optional(),
    clientAuthorities: listOf(
      filePath('Authority (PEM)'),
      'paths',
      'Authorities, one of which must have issued the certificate of whoever connects',
    ),
  }).prefault({}),
  perAccount: flag('Metrics with the names of accounts: quota and usage of each, up to limits.maxMetricsAccounts'),
}).prefault({});

/** Spans of sessions and transfers. */
export const tracingField = section({
  enabled: flag('Make OpenTelemetry spans of sessions and transfers; an SDK is loaded by NODE_OPTIONS=--import'),
}).prefault({});

export type MetricsSettings = z.output<typeof metricsField>;

/** Whether metrics are served. */
export function isMonitored({ metrics }: { readonly metrics: MetricsSettings }): boolean {
  return metrics.enabled ?? metrics.port !== undefined;
}

export function metricsPort({ port = METRICS_PORT }: MetricsSettings): number {
  return port;
}

/** Whether only programs of this machine reach an address. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || isInNetwork(address, '127.0.0.0/8') || isInNetwork(address, '::1');
}
