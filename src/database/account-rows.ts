import { z } from 'zod';
import { type AccountRecord, type LoginTls, readAccount } from '../core/index.ts';
import type { DatabaseSync } from './sqlite.ts';

/** One row of the table, with the documents of the groups that it names. */
export const ACCOUNT_ROWS = `SELECT accounts.*, (
    SELECT json_group_object(account_groups.name, account_groups.settings) FROM account_groups
    WHERE account_groups.name IN (
      SELECT value FROM json_each(CASE WHEN json_valid(accounts.settings) THEN accounts.settings ELSE '{}' END, '$.groups')
    )
  ) AS group_documents FROM accounts`;

/** Completes `ACCOUNT_ROWS`, or a count, with the accounts of one group. */
export const IN_GROUP = `WHERE CASE WHEN json_valid(accounts.settings)
  THEN EXISTS (SELECT 1 FROM json_each(accounts.settings, '$.groups') WHERE value = ?) ELSE 0 END`;

const LOGIN_TLS: z.ZodType<LoginTls> = z.union([
  z.literal('clear'),
  z.object({
    version: z.string(),
    cipher: z.string(),
    keyExchange: z.string().exactOptional(),
    clientKey: z.string().exactOptional(),
  }),
]);

const ROW = z.object({
  name: z.string(),
  settings: z.string(),
  password_hash: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
  password_changed_at: z.number(),
  must_change_password: z.number(),
  last_login_at: z.number().nullable(),
  last_login_tls: z
    .string()
    .transform((text): LoginTls => LOGIN_TLS.parse(JSON.parse(text)))
    .nullable(),
  locked_until: z.number().nullable(),
  totp_secret: z.string().nullable(),
  totp_step: z.number().nullable(),
  group_documents: z.string().transform((text) => new Map(Object.entries<string>(JSON.parse(text)))),
});

export type AccountRow = z.output<typeof ROW>;

export function accountRow(row: object): AccountRow {
  return ROW.parse(row);
}

/** The row of one account. */
export function findRow(database: DatabaseSync, name: string): AccountRow | undefined {
  const row = database.prepare(`${ACCOUNT_ROWS} WHERE name = ?`).get(name);
  return row && accountRow(row);
}

/** The rows of the accounts of a group. */
export function rowsInGroup(database: DatabaseSync, group: string): readonly AccountRow[] {
  return database.prepare(`${ACCOUNT_ROWS} ${IN_GROUP} ORDER BY name`).all(group).map(accountRow);
}

/** @throws AccountStoreError `invalid-account` */
export function recordOf(row: AccountRow): AccountRecord {
  const { group_documents: documents } = row;
  return {
    ...readAccount(row.name, row.settings, (group) => documents.get(group)),
    passwordHash: row.password_hash,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    passwordChangedAt: new Date(row.password_changed_at),
    mustChangePassword: row.must_change_password !== 0,
    ...(row.last_login_at !== null && { lastLoginAt: new Date(row.last_login_at) }),
    ...(row.last_login_tls !== null && { lastLoginTls: row.last_login_tls }),
    ...(row.locked_until !== null && { lockedUntil: new Date(row.locked_until) }),
    ...(row.totp_secret !== null && { totpSecret: row.totp_secret }),
    ...(row.totp_step !== null && { totpStep: row.totp_step }),
  };
}
