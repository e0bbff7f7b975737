/** `lockport/identity`: who may sign in, and what guessing costs. */
export { account } from './account.ts';
export { type AccountLock, type AccountLockRules, createAccountLock } from './account-lock.ts';
export type { SessionControl, SessionSlot } from './account-sessions.ts';
export { isSecretOf, type NewAdminToken, newAdminToken, parseAdminToken } from './admin-token.ts';
export {
  type Admission,
  type AdmissionControl,
  type AdmissionControlOptions,
  type BanControl,
  createAdmissionControl,
  type LoginJudge,
  type LoginJudgement,
} from './admission-control.ts';
export type { BanList } from './ban-list.ts';
export { describeHash, type HashVerdict } from './foreign-hash/foreign-hash.ts';
export { createGatekeeper, type GatekeeperOptions, gatekeeperOver, type WorkspaceOptions } from './gatekeeper.ts';
export { keyFingerprint } from './key-fingerprint.ts';
export { createLoginThrottle, type LoginThrottle } from './login-throttle.ts';
export { hashPassword, hashRefusal, needsRehash, passwordRefusal, verifyPassword } from './password.ts';
export { type FindAccount, passwordAuthenticator } from './password-authenticator.ts';
export { createPasswordChecker, type PasswordChecker } from './password-checker.ts';
export { generatePassword } from './password-generator.ts';
export { type PasswordPolicy, policyRefusal } from './password-policy.ts';
export { type PasswordStrength, passwordStrength, StrengthUnknownError } from './password-strength.ts';
export { newTotpSecret, totpCode, totpStepOf, totpUri } from './totp.ts';
export { createTotpCodes, type TotpCodes } from './totp-codes.ts';
