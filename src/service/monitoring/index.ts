/** Metrics and health over HTTP. */
export { checkMonitoring, readMonitoringAccess } from './access.ts';
export { Health, type LogOutputs, type Looked } from './health.ts';
export { Monitoring } from './monitoring.ts';
