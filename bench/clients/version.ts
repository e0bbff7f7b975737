import { findTool, MissingProgram } from '../../test/interop/tool.ts';

/** The first number that a program says of itself. @throws MissingProgram */
export async function versionOf(program: string, args: readonly string[]): Promise<string> {
  const tool = await findTool(program);
  if (!tool) throw new MissingProgram(program);
  return /\d+(\.\d+)+[a-z]?/.exec(await tool.run(args))?.[0] ?? 'unknown';
}
