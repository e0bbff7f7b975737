import type { SecureContext, SecureVersion } from 'node:tls';
import type { TestCertificate } from '../../src/testing/certificates.ts';

/** What differs on data connections from what a decent server does. */
export interface DataRules {
  /** Another certificate than on the control connection. */
  readonly certificate?: TestCertificate;
  /** Whether a TLS session of the control connection can be resumed; default: it can. */
  readonly resumes?: boolean;
  /** How a download or a listing ends; default: with close_notify. */
  readonly ending?: 'clean' | 'cut' | 'cut-in-record' | 'reset';
  /** What every listing consists of, as it is; default: made of the files. */
  readonly listing?: string;
}

/** The versions that it speaks. */
export interface HostileTls {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

/** One line of a client. */
export interface HeardLine {
  readonly channel: 'clear' | 'tls';
  /** Upper-case. */
  readonly verb: string;
  readonly line: string;
}

/** All that came from clients, and how the server stands. */
export interface HostileState {
  /** TLS from the first byte. */
  readonly isImplicit: boolean;
  readonly tls: HostileTls;
  readonly data: DataRules;
  readonly certificate: TestCertificate;
  /** Of control connections, and of the data connections that continue their TLS session. */
  readonly context: SecureContext;
  readonly files: Map<string, Buffer>;
  readonly heard: HeardLine[];
  /** What each data connection brought, in the order of their ends. */
  readonly uploads: Buffer[];
  /** What broke in steps while their client was there: handshakes that it refused, and faults of the steps. */
  readonly failures: unknown[];
}
