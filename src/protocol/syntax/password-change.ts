import { formatName, parseNames } from './names.ts';
import { type Syntax, SyntaxFailure } from './syntax.ts';

/** What SITE PSWD carries. */
interface PasswordChange {
  readonly from: string;
  readonly to: string;
}

/**
 * `old new`, as servers in the field have it (Serv-U). One with a space in it, or that
 * begins with a double quote, is in double quotes, which are doubled within.
 */
export const passwordChange: Syntax<PasswordChange> = {
  parse(argument) {
    const [from, to, ...rest] = parseNames(argument);
    if (from === undefined || to === undefined || rest.length > 0)
      throw new SyntaxFailure(501, 'Expected the old password and the new one, each in double quotes if it has spaces');
    return { from, to };
  },
  format: ({ from, to }) => `${formatName(from)} ${formatName(to)}`,
};
