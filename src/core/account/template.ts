import { ROOT, resolvePath, type VirtualPath } from '../path.ts';
import { FieldError } from './field-kinds.ts';

/** Stands in the paths of a group for the name of each account in it. */
const NAME = '{name}';

/** The path that a template means for an account. The name of an account is one segment of a path (`isAccountName`). */
export function pathFor(name: string, template: VirtualPath): VirtualPath {
  return resolvePath(
    ROOT,
    template.replaceAll(NAME, () => name),
  );
}

/** Gives the path. @throws FieldError for braces around anything else: a slip in a name would make one directory for all */
export function checkTemplate(template: VirtualPath): VirtualPath {
  if (!/[{}]/.test(template.replaceAll(NAME, ''))) return template;
  throw new FieldError(`expected no braces except ${NAME}, which stands for the name of the account`);
}
