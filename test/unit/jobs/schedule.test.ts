import { describe, expect, it, vi } from 'vitest';
import { Job } from '../../../engine/jobs/job.ts';
import { Schedule } from '../../../engine/jobs/schedule.ts';
import type { Phase } from '../../../engine/protocol/protocol.ts';

/** Goes through steps of one second each. @returns the seconds left after each */
async function secondsLeft(
  plan: readonly [Phase, number][],
  steps: readonly [Phase, step: number, steps: number][],
): Promise<(number | null)[]> {
  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => now);
  try {
    const left: (number | null)[] = [];
    const job = new Job('job', (event) => {
      if (event.type === 'progress') left.push(event.secondsLeft);
    });
    const planned = plan.map(([phase, images]) => ({ phase, images, costPerImage: 2 }));
    const schedule = new Schedule(job, planned);
    for (const [phase, step, of] of steps) {
      now += 1000;
      await schedule.step(phase, 1, { step, steps: of, loss: null, accuracy: null });
    }
    return left;
  } finally {
    clock.mockRestore();
  }
}

describe('the time left', () => {
  const plan: [Phase, number][] = [
    ['impair', 2],
    ['repair', 3],
    ['measuring-after', 4],
  ];

  it('is that of all that is planned and not done', async () => {
    const left = await secondsLeft(plan, [
      ['impair', 1, 2],
      ['impair', 2, 2],
      ['repair', 1, 3],
    ]);
    expect(left).toEqual([8, 7, 6]);
  });

  it('loses nothing of what is to come where a phase goes on for longer than was planned', async () => {
    const another = [1, 2, 3, 4, 5].map((step): [Phase, number, number] => ['repair', step, 5]);
    const left = await secondsLeft(plan, [
      ...[1, 2, 3].map((step): [Phase, number, number] => ['repair', step, 3]),
      ...another,
      ['measuring-after', 1, 4],
    ]);
    expect(left).toEqual([6, 5, 4, 8, 7, 6, 5, 4, 3]);
  });

  it('has nothing in it of phases that are over, though less was done than planned', async () => {
    const left = await secondsLeft(plan, [
      ['impair', 1, 1],
      ['measuring-after', 1, 4],
    ]);
    expect(left).toEqual([8, 3]);
  });

  it('counts a phase that was over and comes again by what it says itself', async () => {
    const left = await secondsLeft(plan, [
      ['repair', 3, 3],
      ['measuring-after', 1, 4],
      ['repair', 1, 3],
    ]);
    expect(left).toEqual([6, 3, 5]);
  });

  it('is unknown before anything was done that costs time', async () => {
    expect(await secondsLeft([['repair', 3]], [['saving', 0, 1]])).toEqual([null]);
  });
});
