import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';

/** What a program did. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A program of this machine that the tests drive. */
export interface Tool {
  /** Runs it to its end, whatever that is. */
  attempt(args: readonly string[], input?: string, environment?: NodeJS.ProcessEnv): Promise<Outcome>;
  /** Runs it; gives what it wrote. @throws with all that it said when it fails. */
  run(args: readonly string[], input?: string, environment?: NodeJS.ProcessEnv): Promise<string>;
}

/** The program, or undefined where this machine has none; then its tests skip, and fail under CI=true. */
export async function findTool(name: string): Promise<Tool | undefined> {
  const [first] = await toolsNamed(name);
  return first;
}

/** The first Python in the path that has this module: a system's packages are there for its own Python alone. */
export async function pythonWith(module: string): Promise<Tool> {
  for (const python of await toolsNamed('python3')) {
    const { code } = await python.attempt(['-c', `import ${module}`]);
    if (code === 0) return python;
  }
  throw new MissingProgram(`python3 with ${module}`);
}

async function toolsNamed(name: string): Promise<readonly Tool[]> {
  const found: Tool[] = [];
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(toolAt(path));
  }
  return found;
}

/** A program that the tests drive is not on this machine. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';

  constructor(program: string) {
    super(`${program} is missing: scripts/install-test-tools.sh installs it`);
  }
}

/** The program. @throws MissingProgram */
export async function needTool(name: string): Promise<Tool> {
  const tool = await findTool(name);
  if (!tool) throw new MissingProgram(name);
  return tool;
}

/** A test of a program from elsewhere, which skips by name where the program is missing. */
export function testWith(name: string, title: string, body: (tool: Tool) => Promise<void>): void {
  test(title, (context) =>
    skipWithoutPrograms(context, async () => {
      await body(await needTool(name));
    }),
  );
}

/** Turns a `MissingProgram` of the body into a skip of the test, and under CI=true into its failure. */
export async function skipWithoutPrograms(context: TestContext, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof MissingProgram) || process.env['CI'] === 'true') throw error;
    context.skip(error.message);
  }
}

/** The program at this path. */
export function toolAt(path: string): Tool {
  async function attempt(args: readonly string[], input = '', environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    // English messages, and no settings of whoever runs the tests.
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: '/nonexistent', ...environment };
    const child = spawn(path, args, { env });
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, output, errors };
  }
  return {
    attempt,
    async run(args, input, environment) {
      const { code, output, errors } = await attempt(args, input, environment);
      if (code !== 0) throw new Error(`${path} ${args.join(' ')} ended with ${code}\n${errors}\n${output}`);
      return output;
    },
  };
}
