import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { z } from 'zod';

/** Options of benches. */
export const wholeNumber = z.coerce.number().int().positive();

/** Said or not, without a text. */
export const flag = z.boolean().default(false);

/** "one,two,…" */
export function listOf<Item extends string>(items: readonly Item[]): z.ZodType<Item[], string> {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(items)).min(1));
}

/**
 * What the command line says: a {@link flag} stands alone, and a text follows every other option. Ends the process where
 * that cannot be used.
 */
export function readOptions<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.infer<z.ZodObject<Shape>> {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(schema.shape).map(([name, option]) => [
      name,
      { type: option === flag ? 'boolean' : 'string' },
    ]),
  );
  try {
    return schema.parse(parseArgs({ options }).values);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof TypeError)) throw error;
    const words = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    process.stderr.write(`${words}\n`);
    process.exit(2);
  }
}
