import type { EffectiveRights, LoginTls, ValueOrigin } from '../../core/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { NewTotp } from '../new-totp.ts';
import type { PasswordRules } from '../password-rules.ts';
import type { ApiFailure } from './api-failure.ts';

/*
 * What the API asks of the thread that works on accounts and groups: its waits for the disk and for locks hold up no session.
 * All are values.
 */

/** Who asks, and how far that reaches. */
export interface AccountAsk {
  /** For the record. */
  readonly by: string;
  /** The groups whose accounts are within reach. Undefined: all. */
  readonly reach: readonly string[] | undefined;
  readonly rules: PasswordRules;
  /** The profile that the server holds accounts to. */
  readonly policy: Configuration['policy'];
}

interface Named extends AccountAsk {
  readonly name: string;
}

/** An account or a group as the API shows it: values of JSON. */
export interface ShownAccount {
  readonly name: string;
  readonly settings: object;
  readonly own: object;
  readonly origins: { readonly [place: string]: ValueOrigin };
  readonly effectiveRights: readonly EffectiveRights[];
  readonly state: 'active' | 'disabled' | 'expired' | 'locked';
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  readonly hasTotp: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly passwordChangedAt: string;
  readonly passwordExpires?: string;
  readonly lastLoginAt?: string;
  /** By what TLS or SSH that was. */
  readonly lastLoginTls?: LoginTls;
  readonly lockedUntil?: string;
}

export interface ShownGroup {
  readonly name: string;
  readonly settings: object;
  readonly members: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** In place of one that can't be read. */
interface UnreadableEntry {
  readonly name: string;
  readonly error: string;
}

export interface Page<Entry> {
  readonly entries: readonly (Entry | UnreadableEntry)[];
  /** Where the next page goes on; absent at the end. */
  readonly next?: string;
}

interface PageAsk extends AccountAsk {
  readonly after: string;
  readonly limit: number;
}

/** What it is now, its version, and what it was. */
export interface Versioned<Entry> {
  readonly entry: Entry;
  readonly etag: string;
  readonly before?: object;
  /** A generated password, this once. */
  readonly password?: string;
}

/** A new password: that one, or a generated one. */
export interface PasswordAsk {
  readonly password?: string | undefined;
  readonly generate?: boolean | undefined;
}

/** Settings as JSON has them, and the places that are to be inherited again. `version`: what `If-Match` said. */
interface ChangeAsk {
  readonly set: object;
  readonly inherit: readonly string[];
  readonly version: string | undefined;
}

export interface AccountProcedures {
  /** The names of all accounts that whoever asks may see. */
  readonly names: { readonly ask: AccountAsk; readonly answer: readonly string[] };
  /** Why whoever asks may not act on the account, in whichever way; undefined where that is allowed. */
  readonly control: { readonly ask: Named; readonly answer: ApiFailure | undefined };
  readonly list: { readonly ask: PageAsk & { readonly group?: string }; readonly answer: Page<ShownAccount> };
  readonly read: { readonly ask: Named; readonly answer: Versioned<ShownAccount> | ApiFailure };
  readonly add: {
    readonly ask: Named & PasswordAsk & { readonly settings: object };
    readonly answer: Versioned<ShownAccount> | ApiFailure;
  };
  readonly change: { readonly ask: Named & ChangeAsk; readonly answer: Versioned<ShownAccount> | ApiFailure };
  readonly remove: {
    readonly ask: Named & { readonly version: string | undefined };
    readonly answer: { readonly before: object } | ApiFailure;
  };
  readonly setPassword: { readonly ask: Named & PasswordAsk; readonly answer: { password?: string } | ApiFailure };
  readonly setTotp: { readonly ask: Named; readonly answer: NewTotp | ApiFailure };
  readonly removeTotp: { readonly ask: Named; readonly answer: object | ApiFailure };
  readonly unlock: { readonly ask: Named; readonly answer: object | ApiFailure };
  readonly recount: { readonly ask: Named; readonly answer: { bytes: number; files: number } | ApiFailure };
  readonly listGroups: { readonly ask: PageAsk; readonly answer: Page<ShownGroup> };
  readonly readGroup: { readonly ask: Named; readonly answer: Versioned<ShownGroup> | ApiFailure };
  readonly addGroup: {
    readonly ask: Named & { readonly settings: object };
    readonly answer: Versioned<ShownGroup> | ApiFailure;
  };
  readonly changeGroup: { readonly ask: Named & ChangeAsk; readonly answer: Versioned<ShownGroup> | ApiFailure };
  readonly removeGroup: {
    readonly ask: Named & { readonly version: string | undefined };
    readonly answer: { readonly before: object } | ApiFailure;
  };
}
