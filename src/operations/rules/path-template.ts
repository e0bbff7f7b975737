import { joinPath, namesOf, parentOf, ROOT, resolvePath, StorageError, type VirtualPath } from '../../core/index.ts';
import type { ToldEvent } from './rule-event.ts';
import { filled, templateProblem } from './template.ts';

/** Placeholders whose values are paths: each is several names, and takes the whole place between two slashes. */
const PATHS = /\{(path|from|directory)\}/;
const DOTS: ReadonlySet<string> = new Set(['', '.', '..']);

/** What is wrong with the template of a path; undefined where nothing is. */
export function pathTemplateProblem(template: string): string | undefined {
  if (!template.startsWith('/')) return 'it begins with /';
  const places = template.slice(1).split('/');
  if (places.at(-1) === '{directory}') return 'it names the file, too, as in /archive/{name}';
  for (const place of places) {
    const problem = PATHS.exec(place)?.[0] === place ? undefined : nameTemplateProblem(place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with the template of a name; undefined where nothing is. */
export function nameTemplateProblem(template: string): string | undefined {
  if (DOTS.has(template)) return 'a name can not be empty, . or ..';
  if (/[/\0\r\n]/.test(template)) return 'a name can not hold /, NUL, CR or LF';
  const path = PATHS.exec(template)?.[0];
  if (path !== undefined) return `${path} is a path, and takes the whole place between two slashes`;
  return templateProblem(template);
}

/**
 * The path that a template gives for an event. What is filled in for one name stays one name, so that no client leads a file
 * out of the directory that the template names. @throws StorageError `invalid-name`
 */
export function filledPath(template: string, event: ToldEvent): VirtualPath {
  let path = ROOT;
  for (const place of template.slice(1).split('/')) {
    const text = filled(place, event);
    if (PATHS.exec(place)?.[0] !== place) path = joinPath(path, text);
    else if (text === '') throw new StorageError('invalid-name', `The event has no ${place}`);
    else for (const name of namesOf(resolvePath(ROOT, text))) path = joinPath(path, name);
  }
  return path;
}

/** The same of a name in the directory of the file. @throws StorageError `invalid-name` */
export function filledName(template: string, event: ToldEvent): VirtualPath {
  return joinPath(parentOf(resolvePath(ROOT, event.path ?? '')), filled(template, event));
}
