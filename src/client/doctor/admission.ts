import { ClientChannel, type ServerCertificate, TrustError } from '../../transport/index.ts';
import { channelFailure } from '../connection/channel-failure.ts';
import { ControlConnection } from '../connection/connection.ts';
import { textOf } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import type { ClientSettings } from '../settings.ts';
import type { Finding } from './finding.ts';

/** Connects, secures and signs in; gives the connection, or how far one gets. */
export async function* admission(
  pool: FtpPool,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, SignedIn | 'unreachable' | 'refused'> {
  const { settings } = pool;
  const reached = yield* reach(settings, signal);
  if (!reached) return 'unreachable';
  try {
    const signedIn = await pool.use(signal, async (first) => first);
    const { connection, greeting } = signedIn;
    yield { check: 'greeting', verdict: 'note', message: `The server says: ${greeting}` };
    yield* security(connection);
    yield { check: 'login', verdict: 'good', message: `${settings.user} is signed in, in ${signedIn.directory}` };
    return signedIn;
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    yield refusal(error);
    return 'refused';
  }
}

async function* reach(settings: ClientSettings, signal: AbortSignal | undefined): AsyncGenerator<Finding, boolean> {
  const { host, port, limits, dial } = settings;
  const begin = performance.now();
  try {
    await using channel = await ClientChannel.connect({ host, port, limits, dial, signal });
    const ms = Math.round(performance.now() - begin);
    const { address } = channel.remote;
    yield {
      check: 'connect',
      verdict: 'good',
      message: `${address} port ${port} accepts connections (${ms} ms)`,
      facts: { address, port, ms },
    };
    return true;
  } catch (cause) {
    const error = channelFailure(cause, 'connect');
    if (signal?.aborted) throw error;
    yield {
      check: 'connect',
      verdict: 'bad',
      message: error.message,
      advice: 'Check the name, the port (21 explicit, 990 implicit), and the firewalls between',
    };
    return false;
  }
}

function* security(connection: ControlConnection): Generator<Finding> {
  const { tlsFacts, tls } = connection;
  if (!tlsFacts) {
    yield {
      check: 'tls',
      verdict: 'bad',
      message:
        'Everything travels in clear: whoever is on the way reads the password and the files, and may change them',
      advice: 'Use ftpes:// or ftps://, and have the server refuse logins without TLS',
    };
    return;
  }
  yield {
    check: 'tls',
    verdict: tlsFacts.version === 'TLSv1.3' ? 'good' : 'note',
    message: `The control connection has ${tlsFacts.version} with ${tlsFacts.cipher}`,
    facts: { version: tlsFacts.version, cipher: tlsFacts.cipher },
  };
  if (tls.certificate) yield certificateFinding(tls.certificate, connection.settings);
}

function certificateFinding(certificate: ServerCertificate, { tls }: ClientSettings): Finding {
  const days = Math.floor((certificate.validTo.getTime() - Date.now()) / dayMs);
  const base = { check: 'certificate', facts: certificateFacts(certificate, days) };
  if (tls.insecure) {
    return {
      ...base,
      verdict: 'warning',
      message: `The certificate of ${certificate.subject} was not checked, as you asked`,
      advice: `Pin it instead: ${certificate.pin}`,
    };
  }
  if (days < soonDays) {
    return {
      ...base,
      verdict: 'warning',
      message: `The certificate is trusted, but ends in ${days} days, on ${certificate.validTo.toISOString()}`,
      advice: 'Renew it, and have the server load the new one',
    };
  }
  return { ...base, verdict: 'good', message: `The certificate is trusted, for ${days} more days` };
}

function certificateFacts(certificate: ServerCertificate, days: number) {
  const { subject, issuer, names, fingerprint, pin, validFrom, validTo } = certificate;
  const dates = { validFrom: validFrom.toISOString(), validTo: validTo.toISOString(), days };
  return { subject, issuer, names, fingerprint, pin, ...dates };
}

const dayMs = 86_400_000;
const soonDays = 21;

/** Why we were not let in, or did not go in. */
function refusal(error: ClientError): Finding {
  const { code, message, certificate } = error;
  if (certificate) {
    return {
      check: 'certificate',
      verdict: 'bad',
      message: `The certificate is not trusted: ${reasonsOf(error)}. Nothing was sent, so nothing more can be looked at`,
      advice: `If the fingerprint is what the server's owner tells you, pin it: ${certificate.pin}`,
      facts: certificateFacts(certificate, Math.floor((certificate.validTo.getTime() - Date.now()) / dayMs)),
    };
  }
  const advice = ADVICE[code];
  const check = CHECK_OF[code] ?? 'login';
  return { check, verdict: 'bad', message, ...(advice !== undefined && { advice }), facts: { code } };
}

function reasonsOf({ cause, message }: ClientError): string {
  return cause instanceof TrustError ? cause.reasons.join('; ') : message;
}

const CHECK_OF: { readonly [code in string]?: string } = {
  'tls-refused': 'tls',
  'tls-failed': 'tls',
  'connect-failed': 'greeting',
  timeout: 'greeting',
  protocol: 'greeting',
};

const ADVICE: { readonly [code in string]?: string } = {
  'tls-refused': 'The server offers no TLS here: have it turned on, or try ftps:// with port 990',
  'tls-failed': 'Compare the TLS versions and ciphers of both sides; port 990 wants ftps://, port 21 ftpes://',
  'login-refused': 'Check user and password; some servers let an account in from certain addresses only',
};

/** Whether the server would take a user name in clear. A name that nobody has is enough to see it. */
export async function* clearLogin(settings: ClientSettings, signal: AbortSignal | undefined): AsyncGenerator<Finding> {
  const connection = await ControlConnection.open(0, settings, signal);
  try {
    await connection.finalReply({ signal, phase: 'connect' });
    const reply = await connection.request('USER', 'lockport-doctor', { signal, accept: () => true });
    if (reply.code >= 400) {
      yield { check: 'clear-login', verdict: 'good', message: 'A login without TLS is refused' };
      return;
    }
    yield {
      check: 'clear-login',
      verdict: 'warning',
      message: `A login without TLS is taken: ${reply.code} ${textOf(reply)}`,
      advice: 'Have the server require TLS before USER, or some client will send its password in clear',
    };
  } finally {
    connection.destroy();
  }
}
