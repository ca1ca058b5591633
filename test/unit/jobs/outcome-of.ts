import { Jobs } from '../../../engine/jobs/jobs.ts';
import type { Problem } from '../../../engine/protocol/problem.ts';
import type { Command, ErasePlan, Phase, Result } from '../../../engine/protocol/protocol.ts';

export interface Outcome {
  readonly plan: ErasePlan | null;
  readonly result: Result | null;
  readonly problem: Problem | null;
}

/**
 * What becomes of a job, carried out in this process.
 * @param command of the job called "job"
 * @param until cancelled at the first step of that phase, or instead of being allowed to proceed
 */
export async function outcomeOf(
  command: Command,
  until: Phase | 'prepared' | null = null,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let plan: ErasePlan | null = null;
  const jobs = new Jobs((event) => {
    if (event.type === 'prepared') {
      plan = event.plan;
      jobs.receive({ type: until === 'prepared' ? 'cancel' : 'proceed', job: 'job' });
    } else if (event.type === 'progress') {
      if (event.phase === until) jobs.receive({ type: 'cancel', job: 'job' });
    } else if (event.type === 'failure') {
      resolve({ plan, result: null, problem: event.problem });
    } else if (event.type === 'result') {
      resolve({ plan, result: event.result, problem: null });
    }
  });
  jobs.receive(command);
  return await promise;
}
