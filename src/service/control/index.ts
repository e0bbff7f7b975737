export { ControlClient } from './control-client.ts';
export { ControlError, type ControlErrorCode } from './control-error.ts';
export { ControlServer } from './control-server.ts';
