import { X509Certificate } from 'node:crypto';
import {
  type AdministratorStore,
  hostPort,
  type PageFile,
  type Publish,
  type Usage,
  type VirtualPath,
} from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { EventStream } from '../../operations/index.ts';
import { readConsolePages } from '../built-pages.ts';
import { readCertificate } from '../certificate/index.ts';
import { adminPort, type Configuration } from '../configuration/index.ts';
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
import { OwnerInvitation, type OwnerLink } from './owner-invitation.ts';
import { Passkeys } from './passkeys.ts';

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
  readonly #origin: { readonly scheme: 'http' | 'https'; readonly host: string };
  readonly #invited: { readonly secret: string; readonly expires: Date; readonly administrators: AdministratorStore };

  static async open(parts: AdministrationParts): Promise<Administration> {
    return new Administration(parts, await readConsolePages());
  }

  private constructor(parts: AdministrationParts, pages: readonly PageFile[]) {
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
    const { invitation, secret } = OwnerInvitation.make(limits.ownerLinkMs);
    this.#origin = { scheme: tls ? 'https' : 'http', host: (tls && namesIn(tls)[0]) ?? admin.address };
    this.#invited = { secret, expires: new Date(Date.now() + limits.ownerLinkMs), administrators };
    const desk = {
      ...surroundings,
      ...rest,
      service,
      administrators,
      login,
      sessions: new AdminSessions(limits),
      passkeys: new Passkeys(database.passkeys, limits),
      feeds: new Map<string, number>(),
      invitation,
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
      pages,
      limits,
      closed: pathsIn(dataDir).database,
    };
    this.#edge = this.#resources.hold(
      new EdgeProcess(start, (request, signal) => api.answer(request, signal), publish),
    );
  }

  /**
   * Once the process runs as its final user. Gives the way to become the first owner, while there is none. Where nobody has chosen the
   * port, a server that can't have it serves all the same.
   * @throws StartError
   */
  async listen(): Promise<OwnerLink | undefined> {
    const { admin } = this.#configuration;
    try {
      const bound = await this.#edge.listen();
      this.#publish({ event: 'listening', mode: 'admin', ...bound });
      return await this.#ownerLink(bound.port);
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      const why = WHY[error.code] ?? `can't be had (${error.message})`;
      const where = `Port ${adminPort(admin)} of ${admin.address}, for administrators, ${why}`;
      const way = 'choose another by --admin-port N, or correct admin.address';
      if (admin.port !== undefined) throw new StartError(`${where}: ${way}`, { cause: error });
      const message = `${where}. The server serves without its console and API: ${way}, or say admin.enabled: false`;
      this.#publish({ event: 'warning', message });
      return undefined;
    }
  }

  async #ownerLink(port: number): Promise<OwnerLink | undefined> {
    const { secret, expires, administrators } = this.#invited;
    if ((await administrators.list()).length > 0) return undefined;
    const { scheme, host } = this.#origin;
    // What stands behind the # is sent to nobody.
    return { url: `${scheme}://${hostPort(host, port)}/#/welcome/${secret}`, expires };
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
  if (configuration.admin.enabled) await readAdminTls(configuration);
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
