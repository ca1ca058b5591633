/**
 * Goes through work to its result. Where the callback throws, because the run was cancelled above all, the work first puts
 * away what it holds.
 * @param onStep called with each step, before the next one
 * @throws whatever the work or the callback throws
 */
export async function runThrough<Step, Result>(
  work: AsyncGenerator<Step, Result>,
  onStep: (step: Step) => Promise<void>,
): Promise<Result> {
  const results: Result[] = [];
  async function* toTheEnd(): AsyncGenerator<Step> {
    results.push(yield* work);
  }
  for await (const step of toTheEnd()) await onStep(step);
  const [result] = results;
  return result;
}
