/** The API of administrators. */

export type { AdminSurroundings } from './admin-desk.ts';
export { Administration, checkAdministration, readAdminTls } from './administration.ts';
export type { OwnerLink } from './owner-invitation.ts';
