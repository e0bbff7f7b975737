import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  chown,
  constants,
  copyFile,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testCertificate } from '../../../src/testing/certificates.ts';
import { MissingProgram } from '../tool.ts';
import { startDaemon } from './daemon.ts';
import type { ForeignServer, ForeignServerOptions, ServerProcess } from './foreign-server.ts';
import { freePorts } from './free-ports.ts';

/** Where scripts/install-test-tools.sh unpacks the servers. */
const tools = fileURLToPath(new URL('../../../.test-tools', import.meta.url));
const fewestPassivePorts = 60;

export const isRoot = process.getuid?.() === 0;
/** Whose files the account writes: ours, but `nobody`'s where root starts the server. */
export const owner = isRoot
  ? { uid: 65_534, gid: 65_534 }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** The one account, and its password as crypt(3) keeps it, where `passwordHash` says nothing else. */
export const account = {
  user: 'alice',
  password: 'wonderland',
  hash: '$6$lockport$dLqmc8vT8Gx1KB40wJhduo.QQgeU6uvEEe6swQO.w/eByu4.Qn0BbXpyzNCkqKWALmS57iii6Iv4/j2CKiq4f.',
};

/** What one server is started from: files of its own, free ports, and its program. */
export interface Place {
  readonly program: string;
  readonly port: number;
  /** Where the server is to listen. */
  readonly address: string;
  readonly passivePorts: { readonly first: number; readonly last: number };
  readonly root: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Where the server's modules are (a directory of the unpacked packages). */
  tool(path: string): string;
  /** Writes a file for the server; gives its path. */
  file(name: string, lines: readonly string[]): Promise<string>;
  /** The command that runs `program` as the owner, who need not be able to enter this clone. */
  programOfOwner(): Promise<readonly string[]>;
  /** Runs a helper program of the server to its end. */
  run(path: string, args: readonly string[]): Promise<void>;
  /** Starts the server, and gives it all that it is known by. */
  start(command: readonly string[], facts: StartFacts): Promise<ServerProcess>;
}

export interface StartFacts extends Pick<ForeignServer, 'name' | 'directory' | 'user' | 'password'> {
  /** What makes the program say its version, and end well. Absent: nothing does. */
  readonly versionArguments?: readonly string[];
  /** For the server, beyond what every server here is given. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Makes a place for a program: a name in `usr/sbin` of the unpacked packages, or a path. @throws MissingProgram */
export async function makePlace(nameOrPath: string, options: ForeignServerOptions): Promise<Place> {
  const program = resolve(tools, 'usr/sbin', nameOrPath);
  const name = basename(program);
  await access(program, constants.X_OK).catch(() => {
    throw new MissingProgram(name);
  });
  const work = await mkdtemp(join(tmpdir(), `lockport-${name}-`));
  // The server reads it as another user, when root starts it.
  await chmod(work, 0o755);
  const root = join(work, 'files');
  await mkdir(root);
  await chown(root, owner.uid, owner.gid);

  const file = async (fileName: string, lines: readonly string[]) => {
    const path = join(work, fileName);
    await writeFile(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    return path;
  };
  const { address = '127.0.0.1' } = options;
  const { certificate, key } = await testCertificate([...new Set(['localhost', '127.0.0.1', address])]);
  const certificateFile = await file('certificate.pem', [certificate]);
  const keyFile = await file('key.pem', [key]);
  const libraries = await libraryDirectories();
  const copies = join(work, 'libraries');
  const environment = {
    LD_LIBRARY_PATH: [copies, ...libraries].join(':'),
    OPENSSL_CONF: await file('openssl.cnf', opensslLines(options.tls)),
  };
  // pure-ftpd takes half as many sessions as it has ports.
  const passivePortCount = Math.max(fewestPassivePorts, 2 * (options.sessions ?? 0));
  const port = await freePorts(1 + passivePortCount);
  const runFile = promisify(execFile);
  /** vsftpd says its version on its standard input. */
  const saysVersion = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> =>
    (await runFile('/bin/sh', ['-c', '"$0" "$@" 0>&1 2>&1', program, ...args], { env })).stdout;

  return {
    program,
    port,
    address,
    passivePorts: { first: port + 1, last: port + passivePortCount },
    root,
    certificateFile,
    keyFile,
    tool: (path) => join(tools, path),
    file,
    async programOfOwner() {
      if (!isRoot) return [program];
      const copy = join(work, name);
      await copyFile(program, copy);
      for (const directory of libraries) await cp(directory, copies, { recursive: true });
      await handOver(work);
      return ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', copy];
    },
    async run(path, args) {
      await runFile(join(tools, path), [...args], { env: environment });
    },
    async start(command, { versionArguments, environment: own, ...facts }) {
      await using ends = new AsyncDisposableStack();
      ends.defer(() => rm(work, { recursive: true }));
      const said = versionArguments ? await saysVersion(versionArguments, { ...environment, ...own }) : '';
      const daemon = ends.use(await startDaemon(command, { address, port }, { ...environment, ...own }));
      const started = ends.move();
      return {
        ...facts,
        version: /\d+(\.\d+)+[a-z]?/.exec(said)?.[0] ?? 'unknown',
        port,
        processId: daemon.processId,
        root,
        certificate,
        certificateFile,
        handOver: () => handOver(root),
        [Symbol.asyncDispose]: () => started.disposeAsync(),
      };
    },
  };
}

/** Not every server has a setting for the versions of TLS; OpenSSL itself has one for all of them. */
function opensslLines(version: ForeignServerOptions['tls']): readonly string[] {
  return [
    'openssl_conf = start',
    '[start]',
    'ssl_conf = tls',
    '[tls]',
    'system_default = versions',
    '[versions]',
    `MinProtocol = ${version ?? 'TLSv1.2'}`,
    `MaxProtocol = ${version ?? 'TLSv1.3'}`,
  ];
}

async function libraryDirectories(): Promise<readonly string[]> {
  const directories = ['usr/lib', 'lib'].map(async (path) => {
    const names = await readdir(join(tools, path)).catch(() => []);
    return names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(tools, path, name));
  });
  return (await Promise.all(directories)).flat();
}

/** By names as bytes: not all of them are UTF-8. */
async function handOver(directory: string | Buffer): Promise<void> {
  if (!isRoot) return;
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(directory), Buffer.from('/'), entry.name]);
    await lchown(path, owner.uid, owner.gid);
    if (entry.isDirectory()) await handOver(path);
  }
}
