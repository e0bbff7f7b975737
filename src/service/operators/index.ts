export type { ShownBan } from './bans.ts';
export type { EndedSession } from './end-sessions.ts';
export { isOperatorFailure, type OperatorFailureCode } from './failure.ts';
export type { OperatedService } from './operated-service.ts';
export { type AnswerOf, type CarriedOut, carryOut, type ProcedureName, type RequestOf } from './procedures.ts';
export { RecentThroughput } from './recent-throughput.ts';
export { RecentWarnings } from './recent-warnings.ts';
export type { ShownSession } from './shown-session.ts';
export type { ServiceStatus } from './status.ts';
