import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { type ConnectOptions, fileOfKnownServers, type KnownServers, type TlsOptions } from '../../client/index.ts';
import { localError } from '../local-error.ts';
import { UsageError } from '../usage-error.ts';
import type { RunFlags } from './flags.ts';
import type { RemoteLocation } from './location.ts';
import type { RemoteSettings } from './settings.ts';
import { sshOptions } from './ssh-options.ts';

/** How to reach the server of a location, apart from who signs in. @throws UsageError, LocalError */
export async function connectOptions(
  { target }: RemoteLocation,
  settings: RemoteSettings,
  { insecure }: RunFlags,
  knownServers: string,
): Promise<ConnectOptions> {
  const { host, port, security } = target;
  const { active, allowClear, sessionReuse, endOfStream, encoding, proxy, retries, connectTimeout, stallTimeout } =
    settings;
  // Said before a password is asked for.
  if (security === 'clear' && !allowClear) {
    throw new UsageError(
      'ftp:// sends passwords and files in clear, readable by everybody on the way. Use ftpes:// or ftps://, or permit it ' +
        'with --allow-clear',
    );
  }
  return {
    host,
    security,
    ...(port !== undefined && { port }),
    ...(security === 'ssh'
      ? { ssh: { ...(await sshOptions(settings)), ...(insecure && { insecure }) } }
      : { tls: { ...(await tlsOptions(settings, knownServers)), ...(insecure && { insecure }) } }),
    ...(active && { dataMode: 'active' }),
    ...(allowClear && { allowClear }),
    ...(sessionReuse && { sessionReuse }),
    ...(endOfStream && { endOfStream }),
    ...(encoding !== undefined && { encoding }),
    ...(proxy !== undefined && { dial: await dialThrough(proxy) }),
    ...(retries !== undefined && { retry: { attempts: retries + 1 } }),
    limits: {
      ...(connectTimeout !== undefined && { connectMs: connectTimeout * 1000, dataConnectMs: connectTimeout * 1000 }),
      ...(stallTimeout !== undefined && { stallMs: stallTimeout * 1000 }),
    },
  };
}

/** Loaded where it is asked for: HTTP alone would cost a tenth of a second at every start. */
async function dialThrough(proxy: string): Promise<NonNullable<ConnectOptions['dial']>> {
  const { proxyDial } = await import('./proxy.ts');
  return proxyDial(proxy);
}

async function tlsOptions(
  { ca, pin, cert, key, trustOnFirstUse }: RemoteSettings,
  knownServers: string,
): Promise<TlsOptions> {
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key belong together');
  return {
    ...(ca !== undefined && { ca: await textOf(ca) }),
    ...(pin !== undefined && { pins: pin }),
    ...(cert !== undefined && { cert: await textOf(cert) }),
    ...(key !== undefined && { key: await textOf(key) }),
    knownServers: rememberedServers(knownServers, trustOnFirstUse === true),
  };
}

/** What was trusted once stays trusted; a server that is new is remembered only where that is asked for, and told of. */
function rememberedServers(file: string, mayRemember: boolean): KnownServers {
  const { find, remember } = fileOfKnownServers(file);
  if (!mayRemember) return { find };
  return {
    find,
    async remember(server, certificate) {
      await remember(server, certificate);
      const told = `${server} is trusted from now on, kept in ${file}\n  fingerprint  ${certificate.fingerprint}`;
      process.stderr.write(`lockport: ${told}\n`);
    },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw localError(file, error);
  }
}
