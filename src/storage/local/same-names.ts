/** How the names of a path are compared, which are read again and again of the same rules and holds. */
const folded = new WeakMap<readonly string[], readonly string[]>();

/**
 * Whether names are those of a directory, or begin with them. Names that any file system may take for one count as one: those that
 * differ in case, in how their letters are composed, in what is not seen, or in dots and spaces at their end.
 */
export function isAbove(directory: readonly string[], names: readonly string[]): boolean {
  if (directory.length > names.length) return false;
  const [above, below] = [foldedNames(directory), foldedNames(names)];
  return above.every((name, index) => below[index] === name);
}

function foldedNames(names: readonly string[]): readonly string[] {
  const known = folded.get(names);
  if (known) return known;
  const made = names.map(fold);
  folded.set(names, made);
  return made;
}

/** By upper case first: one letter may have several in lower case. */
function fold(name: string): string {
  const seen = name.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[. ]+$/, '');
}
