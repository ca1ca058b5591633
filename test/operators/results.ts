import { z } from 'zod';

const specSchema = z.object({
  /** Its full name; a number sets those apart that share one. */
  name: z.string(),
  status: z.enum(['passed', 'failed', 'pending']),
  messages: z.array(z.string()),
  /** Whether it ran a graph. */
  throughGraph: z.boolean(),
});

/** What became of the suite in one setting. */
export const resultsSchema = z.object({
  specs: z.array(specSchema),
  /** Failures outside any spec. */
  others: z.array(z.string()),
});
export type Results = z.infer<typeof resultsSchema>;
