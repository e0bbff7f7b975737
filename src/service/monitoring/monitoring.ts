import { background } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { QuotaCounters } from '../../files/index.ts';
import { type EventMetrics, metricsPage, type PageForm, ProcessMeter } from '../../operations/index.ts';
import type { ListeningAddress } from '../../server/index.ts';
import { type Configuration, metricsPort } from '../configuration/index.ts';
import type { FrontEnd, FrontEndState } from '../front-end.ts';
import type { QueueState } from '../log/index.ts';
import type { PlainOptions } from '../server-options.ts';
import { StartError } from '../start-error.ts';
import type { OpenStorages } from '../storages.ts';
import { systemCode } from '../system-error.ts';
import { readMonitoringAccess } from './access.ts';
import { certificatesInUse } from './certificates.ts';
import { type MonitoringAccess, MonitoringServer } from './http-server.ts';
import { problemsOf } from './readiness.ts';
import { type NamedCertificate, readingsOf } from './readings.ts';
import { StorageProbe, type StorageState } from './storage-probe.ts';

/** How long what was asked of workers and media counts as new: many that ask at once cost as much as one. */
const FRESH_MS = 500;

/** A queue of log lines, by the name of its destination. */
export type LogOutputs = ReadonlyMap<string, { readonly state: QueueState }>;

export interface MonitoringParts {
  readonly configuration: Configuration;
  readonly access: MonitoringAccess;
  readonly options: PlainOptions;
  readonly counts: EventMetrics;
  readonly version: string;
  readonly outputs: LogOutputs;
  readonly frontEnd: Pick<FrontEnd, 'state'>;
  readonly storages: OpenStorages;
  readonly database: Database;
  readonly quotas: Pick<QuotaCounters, 'counted'>;
}

interface Looked {
  readonly frontEnd: FrontEndState;
  readonly storages: readonly StorageState[];
}

/** Metrics and health of a service, over HTTP. Disposing it closes the port. */
export class Monitoring implements AsyncDisposable {
  readonly #parts: MonitoringParts;
  readonly #server: MonitoringServer;
  readonly #meter = new ProcessMeter();
  readonly #startedAt = Date.now();
  readonly #probes: readonly StorageProbe[];
  #certificates: readonly NamedCertificate[];
  #isDraining = false;
  #looked: { readonly at: number; readonly what: Promise<Looked> } | undefined;

  constructor(parts: MonitoringParts) {
    const { configuration, access, options, storages } = parts;
    this.#parts = parts;
    this.#certificates = certificatesInUse(options, access);
    this.#probes = Array.from(
      storages.byName,
      ([name, storage]) => new StorageProbe(name, configuration.storages[name]?.path ?? '', storage),
    );
    this.#server = new MonitoringServer(
      { page: (form) => this.#page(form), problems: async () => this.#problems(await this.#look()) },
      access,
    );
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

  /** /readyz answers from now on that the server is not ready. */
  drain(): void {
    this.#isDraining = true;
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
    const { configuration, counts, version, outputs, quotas } = this.#parts;
    const looked = await this.#look();
    const readings = readingsOf({
      ...looked,
      version,
      startedAt: this.#startedAt,
      isReady: (await this.#problems(looked)).length === 0,
      primary: this.#meter.report(),
      outputs: Array.from(outputs, ([name, { state }]) => [name, state] as const),
      certificates: this.#certificates,
      quotas: [...quotas.counted()],
      maxAccounts: configuration.metrics.perAccount ? configuration.limits.maxMetricsAccounts : 0,
    });
    return metricsPage(form, readings, counts);
  }

  #problems(looked: Looked): Promise<readonly string[]> {
    return problemsOf({ ...looked, isDraining: this.#isDraining, database: this.#parts.database });
  }

  #look(): Promise<Looked> {
    const now = performance.now();
    if (this.#looked && now - this.#looked.at < FRESH_MS) return this.#looked.what;
    const what = this.#ask();
    background(what, () => undefined);
    this.#looked = { at: now, what };
    return what;
  }

  async #ask(): Promise<Looked> {
    const [frontEnd, storages] = await Promise.all([
      this.#parts.frontEnd.state(),
      Promise.all(this.#probes.map((probe) => probe.state())),
    ]);
    return { frontEnd, storages };
  }
}

const WHY: { readonly [code: string]: string | undefined } = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'needs privilege that this process lacks',
  EADDRNOTAVAIL: 'is of no address that this machine has',
  ENOTFOUND: 'is of no address that anybody knows',
};
