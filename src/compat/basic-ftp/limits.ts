import { CLIENT_LIMITS } from '../../client/index.ts';
import { overDefaults } from '../../core/index.ts';

/** The native client's bounds at their defaults: basic-ftp's surface has no setting for them. */
export const limits = overDefaults(CLIENT_LIMITS, {});
