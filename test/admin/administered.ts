import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AdminRole } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword, newAdminToken, newTotpSecret } from '../../src/identity/index.ts';
import { type LockportProcess, type RunOptions, serve, temporaryDirectory } from '../cli/lockport-process.ts';

export const ADMIN_PASSWORD = 'four words and a number 7';

/** Tokens by what they may do. `lab`: an operator of the group lab; `expired`: an owner's, of yesterday. */
export type TokenName = AdminRole | 'lab' | 'expired';

export interface Administered {
  readonly server: LockportProcess;
  readonly dataDir: string;
  readonly base: string;
  readonly port: number;
  readonly tokens: { readonly [name in TokenName]: string };
  /** Of the owner `olga`, who has a second factor; `anna` has none. */
  readonly totpSecret: string;
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Asked>;
}

export interface AskOptions {
  readonly token?: TokenName;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whatever an answer holds: each test knows what it looks for. */
export type Json = { readonly [name: string]: Json } & readonly Json[];

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

const ROLES: { readonly [name in TokenName]: readonly [administrator: string, role: AdminRole, hours: number] } = {
  owner: ['olga', 'owner', 1],
  operator: ['olga', 'operator', 1],
  auditor: ['olga', 'auditor', 1],
  lab: ['lara', 'operator', 1],
  expired: ['olga', 'owner', -1],
};

/** A server with administrators, groups and accounts, and its API on a free port of 127.0.0.1. */
export async function administered(
  context: TestContext,
  { args = [], ...options }: RunOptions & { readonly args?: readonly string[] } = {},
): Promise<Administered> {
  const dataDir = await temporaryDirectory(context);
  const first = { environment: { LOCKPORT_LIMITS_FAILED_LOGIN_DELAY_MS: '1', ...options.environment } };
  const server = await serve(context, dataDir, ['--admin-port', '0', ...args], { ...options, ...first });
  const { port } = await server.event((event) => event['event'] === 'listening' && event['mode'] === 'admin');
  const totpSecret = newTotpSecret();
  const tokens = await populate(join(dataDir, 'lockport.db'), totpSecret);
  const base = `http://127.0.0.1:${String(port)}/api/v1`;
  return {
    server,
    dataDir,
    base,
    port: Number(port),
    tokens,
    totpSecret,
    ask: (method, path, { token, json, headers = {} } = {}) =>
      asked(`${base}${path}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${tokens[token]}` }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
  };
}

export async function asked(url: string, init: RequestInit): Promise<Asked> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text === '' ? undefined : JSON.parse(text) };
}

async function populate(file: string, totpSecret: string): Promise<Administered['tokens']> {
  await using database = openDatabase(file);
  const { administrators, accounts } = database;
  const hash = await hashPassword(ADMIN_PASSWORD);
  await accounts.groups.add('lab', {
    home: '/lab/{name}' as never,
    rights: [{ path: '/' as never, rights: ['list'] }],
  });
  await accounts.groups.add('ward', { quota: { files: 7 } });
  const { name: _, home: __, rights: ___, ...own } = account('x');
  await accounts.add({ ...own, name: 'lena', groups: ['lab'] }, hash);
  await accounts.add({ ...account('walt'), groups: ['ward'] }, hash);
  await accounts.add({ ...account('both'), groups: ['lab', 'ward'] }, hash);
  await administrators.add({ name: 'olga', role: 'owner', groups: [], disabled: false }, hash);
  await administrators.setTotpSecret('olga', totpSecret);
  await administrators.add({ name: 'anna', role: 'auditor', groups: [], disabled: false }, hash);
  await administrators.add({ name: 'lara', role: 'owner', groups: ['lab'], disabled: false }, hash);
  const made = Object.entries(ROLES).map(async ([name, [administrator, role, hours]]) => {
    const { id, text, secretHash } = newAdminToken();
    const createdAt = new Date();
    const expires = new Date(createdAt.getTime() + hours * 3_600_000);
    await administrators.addToken({ id, administrator, label: name, role, secretHash, createdAt, expires });
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Administered['tokens'];
}
