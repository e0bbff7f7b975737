import type { QuotaCounters } from '../../files/index.ts';
import type { BanList } from '../../identity/index.ts';
import { type EventMetrics, metricsPage, type PageForm, ProcessMeter } from '../../operations/index.ts';
import type { ListeningAddress } from '../../server/index.ts';
import { type Configuration, metricsPort } from '../configuration/index.ts';
import type { Rules } from '../rules/index.ts';
import type { PlainOptions } from '../server-options.ts';
import { StartError } from '../start-error.ts';
import { systemCode } from '../system-error.ts';
import { readMonitoringAccess } from './access.ts';
import { certificatesInUse } from './certificates.ts';
import type { Health } from './health.ts';
import { type MonitoringAccess, MonitoringServer } from './http-server.ts';
import { type NamedCertificate, readingsOf } from './readings.ts';

export interface MonitoringParts {
  readonly configuration: Configuration;
  readonly access: MonitoringAccess;
  readonly options: PlainOptions;
  readonly counts: EventMetrics;
  readonly version: string;
  readonly health: Health;
  readonly bans: BanList;
  readonly quotas: Pick<QuotaCounters, 'counted'>;
  readonly rules: Pick<Rules, 'runners'> | undefined;
}

/** Metrics and health of a service, over HTTP. Disposing it closes the port. */
export class Monitoring implements AsyncDisposable {
  readonly #parts: MonitoringParts;
  readonly #server: MonitoringServer;
  readonly #meter = new ProcessMeter();
  readonly #startedAt = Date.now();
  #certificates: readonly NamedCertificate[];

  constructor(parts: MonitoringParts) {
    const { access, options, health } = parts;
    this.#parts = parts;
    this.#certificates = certificatesInUse(options, access);
    const problems = async () => (await health.look()).problems.map(({ message }) => message);
    this.#server = new MonitoringServer({ page: (form) => this.#page(form), problems }, access);
  }

  /** @throws StartError */
  async listen(): Promise<Pick<ListeningAddress, 'address' | 'port'>> {
    const { metrics } = this.#parts.configuration;
    const port = metricsPort(metrics);
    try {
      const bound = await this.#server.listen(port, metrics.address);
      return { address: bound.address, port: bound.port };
    } catch (error) {
      const why = WHY[systemCode(error) ?? ''] ?? `can't be had (${systemCode(error) ?? String(error)})`;
      const message = `Port ${port} of ${metrics.address}, for metrics, ${why}: choose another by --metrics-port N, or correct metrics.address`;
      throw new StartError(message, { cause: error });
    }
  }

  /** Reads its own files anew. @throws StartError, CertificateError; then nothing has changed. */
  async reload(options: PlainOptions): Promise<void> {
    const access = await readMonitoringAccess(this.#parts.configuration);
    this.#server.reload(access);
    this.#certificates = certificatesInUse(options, access);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#meter[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  async #page(form: PageForm): Promise<string> {
    const { configuration, counts, version, health, bans, quotas, rules } = this.#parts;
    const readings = readingsOf({
      ...(await health.look()),
      version,
      startedAt: this.#startedAt,
      primary: this.#meter.report(),
      certificates: this.#certificates,
      bans: bans.list(),
      rules: (rules?.runners ?? []).map(({ view }) => view),
      quotas: [...quotas.counted()],
      maxAccounts: configuration.metrics.perAccount ? configuration.limits.maxMetricsAccounts : 0,
    });
    return metricsPage(form, readings, counts);
  }
}

const WHY: { readonly [code: string]: string | undefined } = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'needs privilege that this process lacks',
  EADDRNOTAVAIL: 'is of no address that this machine has',
  ENOTFOUND: 'is of no address that anybody knows',
};
