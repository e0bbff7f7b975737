/** What a refusal goes back to, so that an operator can find it and change it. Plain values. No peer is told. */
export type DecidingRule =
  /** A field of the account, with the names that lead to it joined by dots: `quota.bytes`. Its own value, or that of a group. */
  | { readonly kind: 'field'; readonly place: string }
  /** The rule of rights that covers a path; absent: none does. Without a right: nothing is allowed there at all. */
  | {
      readonly kind: 'right';
      readonly right?: string;
      readonly path: string;
      readonly rule?: { readonly path: string; readonly rights: readonly string[] };
    }
  /** Something about the account that is no field of it. */
  | { readonly kind: 'account'; readonly state: AccountState }
  | {
      readonly kind: 'ban';
      readonly network: string;
      readonly until: Date;
      readonly operator?: { readonly since: Date; readonly reason: string };
    }
  /** A setting of the server, by its key in the configuration: `plainFtp.login`. */
  | { readonly kind: 'setting'; readonly key: string };

export type AccountState = 'unknown' | 'no-password' | 'locked' | 'password-expired' | 'password-due';
