import { Option } from 'commander';

/** An option that can be given more than once; its value is the list of what was given. */
export function repeatableOption(flags: string, summary: string): Option {
  const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
  return new Option(flags, `${summary} (repeatable)`).argParser(collect);
}
