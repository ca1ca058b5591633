import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const outcomeSchema = z.object({
  passed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  skipped: z.array(z.object({ name: z.string(), reason: z.string().optional() })),
});

/** What came of the tests of one stage. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** The variable that names the file in which a test framework's reporter leaves its {@link Outcome}. */
export const outcomeVariable = 'LETHE_OUTCOME';

/** Leaves the outcome for whoever started the framework; started by hand, it leaves nothing. */
export function leaveOutcome(outcome: Outcome): void {
  const file = process.env[outcomeVariable];
  if (file !== undefined) writeFileSync(file, JSON.stringify(outcome));
}

export function takeOutcome(file: string): Outcome {
  return outcomeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
