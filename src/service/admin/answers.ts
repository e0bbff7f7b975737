import type { z } from 'zod';
import type { Account, GroupSettings, OwnSettings } from '../../core/index.ts';
import type { EXPLANATION, RULE, SETTING, STATISTICS, TRIAL, VERDICT } from './routes/report-schemas.ts';
import type {
  ACCOUNT,
  ADMINISTRATOR,
  BAN,
  CERTIFICATE,
  CRYPTO,
  GROUP,
  LISTED_ACCOUNT,
  LISTED_ADMINISTRATOR,
  MADE_ACCOUNT,
  ME,
  PASSKEY,
  POLICY,
  PRESET,
  RECORD,
  SESSION,
  STATUS,
  TOKEN,
  TOTP,
} from './routes/schemas.ts';

/*
 * The types of answers, made of the schemas that the tests check answers against. Programs of this repository that ask the API
 * import them, as types alone.
 */

export type Me = z.output<typeof ME>;
export type Status = z.output<typeof STATUS>;
export type SessionAnswer = z.output<typeof SESSION>;
export type BanAnswer = z.output<typeof BAN>;
export type Certificate = z.output<typeof CERTIFICATE>;
export type AdministratorAnswer = z.output<typeof LISTED_ADMINISTRATOR>;
export type AdminRoleAnswer = Me['role'];
export type TokenAnswer = z.output<typeof TOKEN>;
export type PasskeyAnswer = z.output<typeof PASSKEY>;
export type FirstOwner = z.output<typeof ADMINISTRATOR> & { readonly totp?: z.output<typeof TOTP> };
export type RecordAnswer = z.output<typeof RECORD>;
export type VerdictAnswer = z.output<typeof VERDICT>;
export type RuleAnswer = z.output<typeof RULE>;
export type TrialAnswer = z.output<typeof TRIAL>;
export type ExplanationAnswer = z.output<typeof EXPLANATION>;
export type Statistics = z.output<typeof STATISTICS>;
export type SettingAnswer = z.output<typeof SETTING>;
export type CryptoAnswer = z.output<typeof CRYPTO>;
export type PolicyAnswer = z.output<typeof POLICY>;

/** The schemas of settings derive from the table of fields, and their types from the account itself. */
interface TypedSettings {
  readonly settings: AsJson<Omit<Account, 'name'>>;
  readonly own: AsJson<OwnSettings>;
}
export type AccountAnswer = Omit<z.output<typeof ACCOUNT>, keyof TypedSettings> & TypedSettings;
export type PresetAnswer = Omit<z.output<typeof PRESET>, 'settings'> & { readonly settings: TypedSettings['own'] };
export type MadeAccount = AccountAnswer & Pick<z.output<typeof MADE_ACCOUNT>, 'password'>;
type Unreadable = Exclude<z.output<typeof LISTED_ACCOUNT>, z.output<typeof ACCOUNT>>;
export type ListedAccount = AccountAnswer | Unreadable;
export type GroupAnswer = Omit<z.output<typeof GROUP>, 'settings'> & { readonly settings: AsJson<GroupSettings> };
export type ListedGroup = GroupAnswer | Unreadable;

/** A part of a list, and where the next part goes on. */
export type PageAnswer<Key extends string, Entry> = { readonly [key in Key]: readonly Entry[] } & {
  readonly next?: string;
};

type AsJson<Value> = Value extends Date
  ? string
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Key in keyof Value]: AsJson<Value[Key]> };
