import { z } from 'zod';

/** What can go wrong, one code each: programs match on the code, people read the sentence. */
export const problemCodeSchema = z.enum([
  'accelerator-failed',
  'accelerator-lost',
  'all-classes-forgotten',
  'bad-command',
  'cancelled',
  'classes-do-not-match',
  'corrupt-model',
  'disk-failed',
  'diverged',
  'engine-died',
  'engine-silent',
  'images-do-not-fit',
  'internal',
  'ledger-failed',
  'no-forget-images',
  'no-retain-images',
  'no-such-file',
  'no-test-images',
  'out-of-memory',
  'output-exists',
  'poor-preprocessing',
  'single-class-model',
  'unfit-reference',
  'unknown-class',
  'unknown-preprocessing',
  'unreadable-data',
  'unsupported-layer',
  'unsupported-model',
  'unsupported-operator',
]);
export type ProblemCode = z.infer<typeof problemCodeSchema>;

/** A failure as it crosses a boundary. */
export const problemSchema = z.object({
  code: problemCodeSchema,
  /** For the officer: what is wrong and what to do, in one or two plain sentences. */
  sentence: z.string().min(1),
  /** For the engineer: names, figures, a stack; may be empty. */
  detail: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A {@link Problem} as an exception, inside one process. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, sentence: string, detail = '', options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'ProblemError';
    this.problem = { code, sentence, detail };
  }
}

/** A problem that crossed a boundary, as an exception again. */
export function asError({ code, sentence, detail }: Problem): ProblemError {
  return new ProblemError(code, sentence, detail);
}

/** The problem in whatever was thrown; anything unforeseen becomes `internal`, with its stack as the detail. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    code: 'internal',
    sentence:
      'Lethe met an error it did not foresee. Nothing was changed; please report the detail below.',
    detail,
  };
}
