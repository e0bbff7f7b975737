import { type Charset, formatCommandLine, SyntaxFailure } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';

/** The bytes of one command. @throws ClientError `invalid-argument` for one that can't be sent; nothing was sent */
export function commandBytes(verb: string, argument: string, charset: Charset): Buffer {
  try {
    return formatCommandLine(argument === '' ? verb : `${verb} ${argument}`, charset);
  } catch (cause) {
    const isHarmful = cause instanceof SyntaxFailure;
    const reason = isHarmful
      ? 'holds a NUL, CR or LF; nothing was sent'
      : "can't be written in the encoding of this connection";
    const message = `The argument of ${shownVerb(verb)} ${reason}`;
    throw new ClientError('invalid-argument', message, { phase: 'prepare', cause });
  }
}

/** The command as it may be shown: PASS, ACCT and SITE PSWD without what is secret. */
export function shownCommand(verb: string, argument: string): string {
  if (argument === '') return shownVerb(verb);
  if (secretVerbs.has(verb.toUpperCase())) return `${verb} ***`;
  const service = verb.toUpperCase() === 'SITE' ? secretServices.exec(argument)?.[0] : undefined;
  return service === undefined ? `${shownVerb(verb)} ${argument}` : `${verb} ${service} ***`;
}

const secretVerbs = new Set(['PASS', 'ACCT']);
/** Changes of passwords, by the names that servers have for them. */
const secretServices = /^(?:PSWD|CPWD|PASSWD)(?= |$)/i;

/** A verb that is none may hold anything. */
function shownVerb(verb: string): string {
  return /^[A-Za-z]{1,12}$/.test(verb) ? verb : 'the command';
}
