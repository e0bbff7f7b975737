import { z } from 'zod';
import { filePath, section, text } from './fields.ts';

/** Where a secret is, which is read at the start. @param expected names it, and its three places */
export function secretField(expected: string, summary: string) {
  return section({
    file: filePath('File that holds it').optional(),
    environment: text('Environment variable that holds it').optional(),
    command: z
      .array(text('Argument'), 'the program and its arguments, as a list')
      .refine(([program = '']) => program.startsWith('/'), 'a list that begins with the full path of the program')
      .describe('Program that prints it, and its arguments; no shell reads them')
      .optional(),
  })
    .refine((secret) => Object.values(secret).filter((given) => given !== undefined).length === 1, expected)
    .describe(summary);
}

export type SecretSource = z.output<ReturnType<typeof secretField>>;
