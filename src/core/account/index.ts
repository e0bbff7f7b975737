/** What an account is: its fields, in one table, and how it inherits them from its groups. */
export {
  type Account,
  type AccountSettings,
  fieldValue,
  type GroupSettings,
  initialSettings,
  type OwnSettings,
  PLACED_FIELDS,
  type PlacedField,
  whatIsTakenAway,
  withFieldValue,
} from './account.ts';
export { type EffectiveRights, effectiveRights } from './effective-rights.ts';
export { FieldError, type FieldKind, type FieldKindName, type FieldValues, isMailAddress } from './field-kinds.ts';
export { type AccountGroup, type EffectiveAccount, effectiveAccount, type ValueOrigin } from './inheritance.ts';
export { readGroupSettings, readOwnSettings } from './own-settings.ts';
export { PRESETS, type Preset, type PresetName } from './presets.ts';
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
