/** `lockport/identity`: who may sign in, and what guessing costs. */
export { account } from './account.ts';
export type { SessionControl, SessionSlot } from './account-sessions.ts';
export { type Admission, createDoorkeeper, type Doorkeeper, type DoorkeeperOptions } from './doorkeeper.ts';
export { createGatekeeper, type GatekeeperOptions, gatekeeperBehind, type WorkspaceOptions } from './gatekeeper.ts';
export { hashPassword, needsRehash, passwordRefusal, verifyPassword } from './password.ts';
export { type FindAccount, passwordAuthenticator } from './password-authenticator.ts';
export { createPasswordChecker, type PasswordChecker } from './password-checker.ts';
