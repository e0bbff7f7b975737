export { ControlClient } from './control-client.ts';
export { ControlError, type ControlErrorCode } from './control-error.ts';
export { openControl } from './open-control.ts';
