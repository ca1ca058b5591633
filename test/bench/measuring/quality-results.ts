import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { trialSchema } from '../../../app/comparison/comparison.ts';
import { recipeNameSchema } from '../../../engine/protocol/recipe.ts';
import { partNames } from './quality-parts.ts';

const keySchema = z.object({
  part: z.enum(partNames),
  /** Classes erased: the first ones in alphabetical order. */
  erased: z.int().positive(),
  method: recipeNameSchema,
  seed: z.int().nonnegative(),
});
export type Key = z.infer<typeof keySchema>;

const recordSchema = z.object({
  key: keySchema,
  /** When, as an ISO date and time, and how many programs wanted the processor just before. */
  measured: z.iso.datetime(),
  load: z.number().nonnegative(),
  /** The state of the program, as `digestOfSources` of engine/; the first runs were made without keeping it. */
  sources: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Null where it failed, and then `problem` says how. */
  trial: trialSchema.nullable(),
  problem: z.string().nullable(),
});
export type Record = z.infer<typeof recordSchema>;

/** A file of results, one line of JSON each: what was measured once is not measured again. */
export class Results {
  readonly #file: string;
  readonly #records = new Map<string, Record>();

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(this.#file)) return;
    const text = readFileSync(this.#file, 'utf8');
    // What an interruption cut off is measured again.
    if (!text.endsWith('\n')) appendFileSync(this.#file, '\n');
    for (const line of text.split('\n').filter(isWhole)) {
      const record = recordSchema.parse(JSON.parse(line));
      this.#records.set(nameOf(record.key), record);
    }
  }

  get all(): readonly Record[] {
    return [...this.#records.values()];
  }

  find(key: Key): Record | null {
    return this.#records.get(nameOf(key)) ?? null;
  }

  add(record: Record): void {
    appendFileSync(this.#file, `${JSON.stringify(record)}\n`);
    this.#records.set(nameOf(record.key), record);
  }
}

function isWhole(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}');
}

function nameOf({ part, erased, method, seed }: Key): string {
  return [part, erased, method, seed].join(' ');
}
