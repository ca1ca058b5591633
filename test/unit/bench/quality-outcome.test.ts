import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../bench/measuring/quality-outcome.ts';
import { ProblemError, problemCodeSchema } from '../../../engine/protocol/problem.ts';

const lasting = ['diverged', 'no-retain-images', 'no-forget-images', 'unfit-reference'] as const;

describe('what is kept of a run that fails', () => {
  it.each(lasting)('is the sentence, where it is the method’s or the data’s: %s', async (code) => {
    const failed = await outcomeOf(() => Promise.reject(new ProblemError(code, 'It lacks them.')));
    expect(failed).toEqual({ trial: null, problem: 'It lacks them.' });
  });

  it.each(problemCodeSchema.exclude(lasting).options)(
    'is nothing, where it says nothing about the method: %s',
    async (code) => {
      const problem = new ProblemError(code, 'It did not answer.');
      await expect(outcomeOf(() => Promise.reject(problem))).rejects.toBe(problem);
    },
  );

  it('is nothing, where nobody foresaw the error', async () => {
    const error = new TypeError('undefined is not a function');
    await expect(outcomeOf(() => Promise.reject(error))).rejects.toBe(error);
  });
});
