/** What an account is: its fields, in one table. */
export {
  type Account,
  type AccountSettings,
  fieldValue,
  initialSettings,
  PLACED_FIELDS,
  type PlacedField,
  readAccountSettings,
  whatIsTakenAway,
  withFieldValue,
} from './account.ts';
export { FieldError, type FieldKind, type FieldKindName, type FieldValues } from './field-kinds.ts';
export {
  type AccountMount,
  type CertificateUse,
  type EndOfStream,
  isStorageName,
  RIGHTS,
  type Right,
  type RightsRule,
  SESSION_REUSE_RULES,
  type SessionReuse,
} from './values.ts';
