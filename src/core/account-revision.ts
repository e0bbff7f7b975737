import type { GroupSettings, OwnSettings } from './account/index.ts';

/** An account to add: its name, and what it says itself. */
export interface NewAccount extends OwnSettings {
  readonly name: string;
}

/** New values for some of an account's own settings; `undefined` makes a setting inherited. */
export type AccountChanges = { readonly [Name in keyof OwnSettings]?: OwnSettings[Name] | undefined };

/** As `AccountChanges`, of a group. */
export type GroupChanges = { readonly [Name in keyof GroupSettings]?: GroupSettings[Name] | undefined };

/** What accounts and groups say themselves, all at one moment, by their names. */
export interface StoredAccounts {
  readonly accounts: ReadonlyMap<string, StoredAccount>;
  readonly groups: ReadonlyMap<string, GroupSettings>;
}

export interface StoredAccount {
  readonly own: OwnSettings;
  /** Empty: no password. */
  readonly passwordHash: string;
}

/** One change of a revision. */
export type AccountRevision =
  | { readonly change: 'group-added'; readonly name: string; readonly settings: GroupSettings }
  | { readonly change: 'group-changed'; readonly name: string; readonly changes: GroupChanges }
  | { readonly change: 'group-removed'; readonly name: string }
  /** `mustChange` as in `PasswordChange`, here and below. */
  | {
      readonly change: 'account-added';
      readonly account: NewAccount;
      readonly passwordHash: string;
      readonly mustChange?: boolean;
    }
  | { readonly change: 'account-changed'; readonly name: string; readonly changes: AccountChanges }
  | { readonly change: 'account-removed'; readonly name: string }
  /** `keepEarlier` as in `PasswordChange`. */
  | {
      readonly change: 'password-set';
      readonly name: string;
      readonly passwordHash: string;
      readonly keepEarlier: number;
      readonly mustChange?: boolean;
    };
