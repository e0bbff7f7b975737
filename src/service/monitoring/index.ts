/** Metrics and health over HTTP. */
export { checkMonitoring, readMonitoringAccess } from './access.ts';
export { type LogOutputs, Monitoring } from './monitoring.ts';
