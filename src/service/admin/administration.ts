import { X509Certificate } from 'node:crypto';
import type { Publish, Usage, VirtualPath } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { EventStream } from '../../operations/index.ts';
import { readCertificate } from '../certificate/index.ts';
import { adminPort, type Configuration, isAdministered } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import type { OperatedService } from '../operators/index.ts';
import { Resources } from '../resources.ts';
import { StartError } from '../start-error.ts';
import type { AdminSurroundings } from './admin-desk.ts';
import { AdminLogin } from './admin-login.ts';
import { AdminSessions } from './admin-sessions.ts';
import { AdminThread } from './admin-thread-client.ts';
import { type ActionRecords, Api } from './api.ts';
import { EdgeError, EdgeProcess } from './edge-process.ts';
import type { EdgeTls } from './messages.ts';

export interface AdministrationParts {
  /** The one that holds now. */
  readonly configuration: () => Configuration;
  readonly database: Database;
  readonly service: OperatedService;
  readonly surroundings: AdminSurroundings;
  readonly tls: EdgeTls | undefined;
  readonly records: ActionRecords | undefined;
  readonly listen: EventStream['listen'];
  readonly used: (home: VirtualPath) => Usage | undefined;
  readonly reloadCertificates: () => Promise<void>;
  readonly publish: Publish;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

/** The API of administrators: what answers is here, and what speaks HTTP is a process of its own. */
export class Administration implements AsyncDisposable {
  readonly #resources = new Resources();
  readonly #edge: EdgeProcess;
  readonly #configuration: Configuration;
  readonly #publish: Publish;

  constructor(parts: AdministrationParts) {
    const { database, service, surroundings, publish, tls, records, ...rest } = parts;
    const configuration = parts.configuration();
    const { limits, admin, dataDir } = configuration;
    const { administrators } = database;
    this.#configuration = configuration;
    this.#publish = publish;
    const login = new AdminLogin({
      administrators,
      bans: service.bans,
      limits,
      rules: () => ({
        passwords: parts.configuration().passwords,
        requireTotp: parts.configuration().admin.requireTotp,
      }),
      publish,
    });
    const desk = {
      ...surroundings,
      ...rest,
      service,
      administrators,
      login,
      sessions: new AdminSessions(limits),
      feeds: new Map<string, number>(),
      accounts: this.#resources.hold(new AdminThread(configuration)),
      slow: this.#resources.hold(new AdminThread(configuration)),
    };
    const api = new Api({ desk, publish, records });
    const start = {
      address: admin.address,
      port: adminPort(admin),
      hosts: [...new Set([...LOOPBACK_NAMES, admin.address, ...admin.hosts, ...(tls ? namesIn(tls) : [])])].map(
        (host) => host.toLowerCase(),
      ),
      ...(tls && { tls }),
      limits,
      closed: pathsIn(dataDir).database,
    };
    this.#edge = this.#resources.hold(
      new EdgeProcess(start, (request, signal) => api.answer(request, signal), publish),
    );
  }

  /** Once the process runs as its final user. @throws StartError */
  async listen(): Promise<void> {
    const { admin } = this.#configuration;
    try {
      this.#publish({ event: 'listening', mode: 'admin', ...(await this.#edge.listen()) });
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      const why = WHY[error.code] ?? `can't be had (${error.message})`;
      const where = `Port ${adminPort(admin)} of ${admin.address}, for administrators, ${why}`;
      throw new StartError(`${where}: choose another by --admin-port N, or correct admin.address`, { cause: error });
    }
  }

  renew(tls: EdgeTls | undefined): void {
    this.#edge.renew(tls);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources[Symbol.asyncDispose]();
  }
}

/** The certificate of the API, where it has one. @throws CertificateError */
export async function readAdminTls({ admin }: Configuration): Promise<EdgeTls | undefined> {
  const { certificate, key } = admin.tls;
  if (certificate === undefined || key === undefined) return undefined;
  const pair = await readCertificate({ certificate, key });
  return { cert: pair.certificate, key: pair.key };
}

/** Finds mistakes in its files, where the API is served. @throws CertificateError */
export async function checkAdministration(configuration: Configuration): Promise<void> {
  if (isAdministered(configuration)) await readAdminTls(configuration);
}

function namesIn({ cert }: EdgeTls): readonly string[] {
  const names = new X509Certificate(cert).subjectAltName ?? '';
  return [...names.matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map(([, name = '']) => name);
}

const WHY: { readonly [code: string]: string | undefined } = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'needs privilege that this process lacks',
  EADDRNOTAVAIL: 'is of no address that this machine has',
  ENOTFOUND: 'is of no address that anybody knows',
};
